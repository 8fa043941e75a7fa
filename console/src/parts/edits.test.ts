import { expect, test } from "vitest";
import { changesOf, disagreements, settled } from "./edits.ts";

const FIELDS = ["name", "text", "tags"] as const;
type State = { name: string; text: string; tags: string[] };
const before: State = { name: "a", text: "old", tags: ["x"] };

test("only what was changed is sent", () => {
  expect(changesOf<State>(FIELDS, before, { ...before, tags: ["x", "y"] })).toEqual({ tags: ["x", "y"] });
  expect(changesOf<State>(FIELDS, before, { ...before, tags: ["x"] })).toEqual({});
});

test("a conflict tells who changed which field", () => {
  const mine = { ...before, text: "mine", name: "b" };
  const theirs = { ...before, text: "theirs", tags: [] };
  expect(disagreements<State>(FIELDS, before, mine, theirs)).toEqual([
    { field: "name", isByBoth: false, proposed: "mine" },
    { field: "text", isByBoth: true, proposed: "mine" },
    { field: "tags", isByBoth: false, proposed: "theirs" },
  ]);
  expect(settled<State>(mine, theirs, ["name"])).toEqual({ name: "b", text: "theirs", tags: [] });
});

test("two who changed the same thing alike agree", () => {
  const same = { ...before, text: "new" };
  expect(disagreements<State>(FIELDS, before, same, { ...same })).toEqual([]);
});
