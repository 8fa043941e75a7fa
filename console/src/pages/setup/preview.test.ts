import { expect, test } from "vitest";
import type { Schema } from "~/api/types.ts";
import { columnsOf, rowsOf } from "./preview.ts";

const quote = (document: string, words: string) =>
  ({
    document_id: document,
    document_name: `${document}.txt`,
    quote: words,
    start: 0,
    end: 1,
    page: 1,
    exact: true,
  }) as const;

const adds = (name: string, more: Partial<Schema<"Proposal">>) =>
  ({
    id: name,
    status: "PROPOSED",
    changes: [{ action: "CREATE_VARIABLE", variable_after: { name, display_name: "", type: "TEXT" } }],
    quotes: [],
    counts: [],
    variable_ids: [],
    ...more,
  }) as unknown as Schema<"Proposal">;

const place = { id: "v1", name: "place", display_name: "Place", type: "TEXT" } as Schema<"Variable">;

test("columns are the variables, then what is proposed and not there yet", () => {
  const proposals = [adds("place", {}), adds("day", {}), adds("gone", { status: "REJECTED" })];
  expect(columnsOf([place], proposals).map(({ key, isProposed }) => [key, isProposed])).toEqual([
    ["place", false],
    ["day", true],
  ]);
});

test("cells hold the words of proposals, also of those that were applied under another name", () => {
  const proposals = [
    adds("town", { status: "APPLIED", variable_ids: ["v1"], quotes: [quote("a", "in Kessling")] }),
    adds("kind", { counts: [{ value: "strike", documents: 2, quote: quote("a", "a strike") }] }),
  ];
  const rows = rowsOf([place], proposals, [
    { id: "b", name: "b.txt" },
    { id: "a", name: "a.txt" },
  ]);
  expect(rows.map(({ documentId }) => documentId)).toEqual(["a", "b"]);
  expect(rows[0]?.cells.get("place")).toEqual({ text: "in Kessling", isQuote: true });
  expect(rows[0]?.cells.get("kind")).toEqual({ text: "strike", isQuote: false });
  expect(rows[1]?.cells.size).toBe(0);
});
