import { expect, test } from "vitest";
import { expiryOf, rolesUpTo } from "./expiry.ts";

test("a key lasts so many days, or without an end", () => {
  expect(expiryOf("30", new Date("2026-11-01T12:00:00Z"))).toBe("2026-12-01T12:00:00.000Z");
  expect(expiryOf("always", new Date())).toBeNull();
});

test("nobody offers a key more than they may themselves", () => {
  expect(rolesUpTo("VIEWER")).toEqual(["VIEWER"]);
  expect(rolesUpTo("OWNER")).toEqual(["VIEWER", "EDITOR", "OWNER"]);
});
