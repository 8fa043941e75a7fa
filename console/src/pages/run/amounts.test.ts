import { expect, test } from "vitest";
import { durationOf, moneyOf } from "./amounts.ts";

test("a duration is told by its two largest units", () => {
  expect(durationOf(7505, "en")).toBe("2 hr 5 min");
  expect(durationOf(3600, "en")).toBe("1 hr");
  expect(durationOf(61.4, "en")).toBe("1 min 1 sec");
  expect(durationOf(0.2, "en")).toBe("0 sec");
});

test("small amounts of money can be seen", () => {
  expect(moneyOf(1.239, "USD", "en")).toBe("$1.24");
  expect(moneyOf(0.00234, "USD", "en")).toBe("$0.0023");
  expect(moneyOf(0, "USD", "en")).toBe("$0.00");
});

test("the parts of a currency's sign stay in their order in Arabic text", () => {
  expect(moneyOf(1.239, "USD", "ar")).toContain("\u2066US$\u2069");
});
