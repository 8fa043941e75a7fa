import { expect, test } from "vitest";
import { heardOf } from "./reply.ts";

test("parts follow each other, and none counts twice", () => {
  const parts = [
    { sequence: 1, part: "A row " },
    { sequence: 2, part: "is " },
    { sequence: 2, part: "is " },
    { sequence: 3, part: "an event." },
  ];
  const whole = parts.reduce(heardOf, { text: "", sequence: 0 });
  expect(whole).toEqual({ text: "A row is an event.", sequence: 3 });
});
