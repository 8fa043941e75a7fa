import { expect, test } from "vitest";
import { moved } from "./order.ts";

const items = ["a", "b", "c", "d"].map((id) => ({ id }));
const order = (keys: string[], target: string, position: "before" | "after") =>
  moved(items, new Set(keys), target, position)
    .map(({ id }) => id)
    .join("");

test("items go where they are dropped", () => {
  expect(order(["a"], "c", "after")).toBe("bcad");
  expect(order(["d"], "a", "before")).toBe("dabc");
  expect(order(["b", "d"], "a", "before")).toBe("bdac");
});
