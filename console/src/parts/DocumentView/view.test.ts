import { expect, test } from "vitest";
import { Offsets } from "./offsets.ts";
import { piecesOf, sectionsOf } from "./paragraphs.ts";
import { find } from "./search.ts";

const page = (number: number, start: number, end: number) => ({ number, start, end });

test("offsets of a text without wide characters are the same both ways", () => {
  const offsets = new Offsets("قال 中文 é");
  expect([0, 3, 9].map((at) => offsets.toUnits(at))).toEqual([0, 3, 9]);
  expect([0, 3, 9].map((at) => offsets.toPoints(at))).toEqual([0, 3, 9]);
});

test("emoji and rare Chinese characters are one code point and two units", () => {
  const text = "a😀b𠀀𠀁c👩‍👩‍👧";
  const offsets = new Offsets(text);
  const points = [...text];
  for (let at = 0; at <= points.length; at += 1) {
    const units = points.slice(0, at).join("").length;
    expect(offsets.toUnits(at)).toBe(units);
    expect(offsets.toPoints(units)).toBe(at);
  }
  expect(text.slice(offsets.toUnits(3), offsets.toUnits(5))).toBe("𠀀𠀁");
});

test("an offset within a character is that of the character", () => {
  expect(new Offsets("a😀b").toPoints(2)).toBe(1);
  expect(new Offsets("😀😀").toPoints(3)).toBe(1);
});

test("a lone half of a character counts as one, as in the API", () => {
  const offsets = new Offsets("\ud83dx😀y");
  expect(offsets.toUnits(3)).toBe(4);
  expect(offsets.toPoints(4)).toBe(3);
});

test("paragraphs are the lines that have something in them, under their pages", () => {
  const text = "One😀\n\nTwo\nThree";
  const sections = sectionsOf(text, [page(1, 0, 5), page(2, 6, 15)], new Offsets(text));
  expect(sections.map(({ page, first }) => [page, first])).toEqual([
    [1, 0],
    [2, 1],
  ]);
  const lines = sections.flatMap(({ paragraphs }) => paragraphs.map(({ start, end }) => text.slice(start, end)));
  expect(lines).toEqual(["One😀", "Two", "Three"]);
});

test("a document of one page has no page's heading", () => {
  expect(sectionsOf("One", [page(1, 0, 3)], new Offsets("One"))[0]?.page).toBeUndefined();
});

test("an empty page is shown, with nothing in it", () => {
  const sections = sectionsOf("ab", [page(1, 0, 1), page(2, 1, 1), page(3, 1, 2)], new Offsets("ab"));
  expect(sections.map(({ page, paragraphs }) => [page, paragraphs.length])).toEqual([
    [1, 1],
    [2, 0],
    [3, 1],
  ]);
});

test("nothing of a very long line is lost, and no character is cut in two", () => {
  for (const text of ["word ".repeat(5_000), "😀".repeat(10_001), `x${"😀".repeat(10_001)}`]) {
    const paragraphs = sectionsOf(text, [], new Offsets(text)).flatMap((section) => section.paragraphs);
    expect(paragraphs.length).toBeGreaterThan(1);
    const parts = paragraphs.map(({ start, end }) => text.slice(start, end));
    expect(parts.join("")).toBe(text);
    expect(parts.some((part) => /^[\udc00-\udfff]/.test(part))).toBe(false);
  }
});

test("sections of a long text stay small, and count its paragraphs through", () => {
  const text = Array.from({ length: 2_000 }, (_, at) => `line ${at}`).join("\n");
  const sections = sectionsOf(text, [], new Offsets(text));
  expect(sections.length).toBeGreaterThan(3);
  let first = 0;
  for (const section of sections) {
    expect(section.first).toBe(first);
    first += section.paragraphs.length;
  }
  expect(first).toBe(2_000);
});

test("a passage covers pieces of the paragraphs that it runs over", () => {
  const text = "Alpha beta\ngamma\n\ndelta";
  const paragraphs = sectionsOf(text, [], new Offsets(text)).flatMap((section) => section.paragraphs);
  expect(piecesOf(paragraphs, { start: 6, end: 20 })).toEqual([
    { at: 0, start: 6, end: 10 },
    { at: 1, start: 0, end: 5 },
    { at: 2, start: 0, end: 2 },
  ]);
  expect(piecesOf(paragraphs, { start: 10, end: 11 })).toEqual([]);
  expect(piecesOf(paragraphs, { start: 0, end: 1 })).toEqual([{ at: 0, start: 0, end: 1 }]);
});

test("what is sought is found in any case and over line ends, as it is written and not as a pattern", () => {
  const text = "The ÉCOLE (a.b)\nwas  there; école (AxB) was there";
  expect(find(text, "école").map(({ start }) => start)).toEqual([4, 28]);
  expect(find(text, "(a.b) was there")).toEqual([{ start: 10, end: 26 }]);
  expect(find(text, "  ")).toEqual([]);
  expect(find("x - y/z", "- y/")).toHaveLength(1);
});
