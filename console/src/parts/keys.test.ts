// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isForPage, letterOf, type Press } from "./keys.ts";

const press = (given: Partial<Press>): Press => ({
  key: "a",
  code: "KeyA",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  target: document.body,
  ...given,
});

test("a letter is what is typed, wherever its key lies", () => {
  expect(letterOf({ key: "a", code: "KeyQ" })).toBe("a");
  expect(letterOf({ key: "A", code: "KeyA" })).toBe("a");
});

test("on a keyboard of another script the key that writes the letter on a Latin one counts", () => {
  expect(letterOf({ key: "ش", code: "KeyA" })).toBe("a");
  expect(letterOf({ key: "ф", code: "KeyA" })).toBe("a");
  expect(letterOf({ key: "؟", code: "Slash" })).toBe("?");
});

test("keys without a letter are none", () => {
  expect(letterOf({ key: "Enter", code: "Enter" })).toBe("");
  expect(letterOf({ key: "Escape", code: "Escape" })).toBe("");
});

test("keys do nothing while a field has the focus or another key is held", () => {
  const field = document.createElement("textarea");
  expect(isForPage(press({}))).toBe(true);
  expect(isForPage(press({ target: field }))).toBe(false);
  expect(isForPage(press({ ctrlKey: true }))).toBe(false);
  expect(isForPage(press({ isComposing: true }))).toBe(false);
});

test("keys do nothing behind a dialog", () => {
  const dialog = document.createElement("div");
  dialog.setAttribute("role", "dialog");
  const button = dialog.appendChild(document.createElement("button"));
  expect(isForPage(press({ target: button }))).toBe(false);
});
