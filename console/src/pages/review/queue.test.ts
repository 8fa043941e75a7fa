import { expect, test } from "vitest";
import type { Entry } from "./outbox.ts";
import { allOf, type Item, lastGiven, nextOpen, nextPage, tallyOf, verdictsIn } from "./queue.ts";

const item = (id: string, sample_id = "") => ({ extraction: { id, variable: "size" }, sample_id }) as Item;
const entry = (number: number, given: Partial<Entry> = {}): Entry => ({
  id: `id-${number}`,
  number,
  projectId: "p",
  item: item(`cell-${number}`),
  said: {},
  mustBeUnchanged: true,
  etag: "",
  attempted: false,
  takenBack: false,
  feedback: null,
  refusal: null,
  ...given,
});
const answered = (verdict: "CORRECT" | "INCORRECT") => ({ verdict }) as NonNullable<Entry["feedback"]>;
const [a, b, c] = [item("a"), item("b"), item("c")];

test("a cell that is on two pages is shown once", () => {
  expect(
    allOf([
      [a, b],
      [b, c],
    ]),
  ).toEqual([a, b, c]);
});

test("the next open cell is the next in the queue, then what was left before", () => {
  const closed =
    (...ids: string[]) =>
    (one: Item) =>
      ids.includes(one.extraction.id);
  expect(nextOpen([a, b, c], closed("b"), 1)).toBe(c);
  expect(nextOpen([a, b, c], closed("b", "c"), 2)).toBe(a);
  expect(nextOpen([a, b, c], closed("a", "b", "c"), 0)).toBeNull();
});

test("pages are asked for by their tokens, then once more from the beginning while there is something new", () => {
  const page = (token: string, ...items: Item[]) => ({ items, next_page_token: token });
  expect(nextPage([page("t", a)])).toBe("t");
  expect(nextPage([page("", a)])).toBeUndefined();
  expect(nextPage([page("t", a), page("", b)])).toBe("");
  expect(nextPage([page("t", a), page("", b), page("", a, b)])).toBeUndefined();
});

test("a verdict closes its cell in its queue and sample alone, unless it was taken back", () => {
  const given = [
    entry(1, { feedback: answered("CORRECT") }),
    entry(2),
    entry(3, { takenBack: true }),
    entry(4, { item: item("cell-4", "sample") }),
    entry(5, { projectId: "other" }),
    entry(6, { feedback: answered("CORRECT") }),
  ];
  expect([...verdictsIn(given, "p", "", 1).keys()]).toEqual(["cell-2", "cell-6"]);
  expect([...verdictsIn(given, "p", "sample", 0).keys()]).toEqual(["cell-4"]);
});

test("the newest verdict that stands is the one to take back", () => {
  expect(lastGiven([entry(1), entry(2, { takenBack: true }), entry(3, { projectId: "other" })], "p")?.number).toBe(1);
});

test("verdicts that were answered are counted by variable", () => {
  const given = [entry(1, { feedback: answered("CORRECT") }), entry(2, { feedback: answered("INCORRECT") }), entry(3)];
  expect(tallyOf(given)).toEqual([{ variable: "size", right: 1, wrong: 1 }]);
});
