import { expect, test } from "vitest";
import { numberIn, numberText } from "./numbers.ts";

test("a number is read as the language writes it", () => {
  expect(numberIn(" 1,250.5 ", "en")).toBe(1250.5);
  expect(numberIn("1.250,5", "de")).toBe(1250.5);
  expect(numberIn("250,5", "de")).toBe(250.5);
  expect(numberIn("1 250", "de")).toBe(1250);
  expect(numberIn("١٬٢٥٠٫٥", "ar-EG")).toBe(1250.5);
  expect(numberIn("1,250.5", "ar-EG")).toBe(1250.5);
  expect(numberIn("۱۲", "en")).toBe(12);
  expect(numberIn("−3", "en")).toBe(-3);
  expect(numberIn(".5", "en")).toBe(0.5);
  expect(numberIn("1e6", "en")).toBe(1_000_000);
});

test("what could be meant in two ways is none", () => {
  expect(numberIn("1.5", "de")).toBeUndefined();
  expect(numberIn("1,5", "en")).toBeUndefined();
  expect(numberIn("12,34", "en")).toBeUndefined();
});

test("what is no number is none", () => {
  for (const text of ["", "many", "1 or 2", "12.", "-", "1e999", "0x10", "1.2.3"]) {
    expect(numberIn(text, "en")).toBeUndefined();
  }
});

test("a number that is written and read is the same", () => {
  for (const locale of ["en", "de", "ar", "ar-EG", "fr", "de-CH"]) {
    for (const number of [0, -7, 0.1, 1234567.25, 1e-13, 1.5e21, 2021, Number.MAX_SAFE_INTEGER, 0.1 + 0.2]) {
      expect(numberIn(numberText(number, locale), locale)).toBe(number);
    }
  }
  expect(numberText(12.5, "de")).toBe("12,5");
});
