import { expect, test } from "vitest";
import { textOf } from "./values.ts";

const words = { yes: "yes", no: "no" };

test("values are written as the language writes them", () => {
  expect(textOf(1234567.5, "de", words)).toBe("1.234.567,5");
  expect(textOf(["a", "b"], "en", words)).toBe("a, b");
  expect(textOf(false, "en", words)).toBe("no");
  expect(textOf("2021-03", "ar-EG", words)).toBe("2021-03");
  expect(textOf(null, "en", words)).toBe("");
});

test("a year is no grouped number", () => {
  expect(textOf(2021, "en", words)).toBe("2021");
});

test("a value with two ends shows both, or the one that there is", () => {
  const range = (low: number | null, high: number | null, closed: boolean) =>
    textOf({ low, high, low_closed: closed, high_closed: closed }, "en", words);
  expect(range(400, 12500, true)).toBe("400–12,500");
  expect(range(60, null, false)).toBe("> 60");
  expect(range(null, 10, true)).toBe("≤ 10");
});
