// Which cell of a queue comes next, and what of the queue is done.
import type { Schema } from "~/api/types.ts";
import { type Entry, isUnsent } from "./outbox.ts";

export type Item = Schema<"ReviewItem">;

export const idOf = (item: Item): string => item.extraction.id;

/** Whether the model's answer is kept from the reviewer until they have given theirs. */
export const isBlind = (item: Item): boolean => item.extraction.status === null;

/** All items of the pages, each once: a cell may be on two pages when others were judged in between. */
export function allOf(pages: readonly (readonly Item[])[]): Item[] {
  return [...new Map(pages.flat().map((item) => [idOf(item), item])).values()];
}

/** What the next page is asked by: a token, "" for the queue from its beginning, or undefined at its end. */
export function nextPage(pages: readonly { items: readonly Item[]; next_page_token: string }[]): string | undefined {
  const last = pages.at(-1);
  if (!last) return undefined;
  if (last.next_page_token) return last.next_page_token;
  // Places move while cells are judged: at the end the queue is looked at once more from its beginning.
  const before = allOf(pages.slice(0, -1).map((page) => page.items));
  const hasNews = allOf([before, last.items]).length > before.length;
  return pages.length > 1 && hasNews ? "" : undefined;
}

/** The first open item at or after a place, else the first open one before it. */
export function nextOpen(items: readonly Item[], isClosed: (item: Item) => boolean, from: number): Item | null {
  const open = (item: Item) => !isClosed(item);
  return items.slice(from).find(open) ?? items.slice(0, from).find(open) ?? null;
}

/**
 * The verdicts that close cells of a queue, by the cell's extraction.
 *
 * `since`: the number of the last verdict when the queue was loaded. What the server had heard of by then it has left
 * out; if it shows such a cell all the same, that wants a look again.
 */
export function verdictsIn(
  entries: readonly Entry[],
  projectId: string,
  sampleId: string,
  since: number,
): Map<string, Entry> {
  const counted = entries.filter(
    (entry) =>
      entry.projectId === projectId &&
      entry.item.sample_id === sampleId &&
      !entry.takenBack &&
      (entry.number > since || isUnsent(entry) || entry.refusal !== null),
  );
  return new Map(counted.map((entry) => [idOf(entry.item), entry]));
}

/** The newest verdict that can be taken back. */
export function lastGiven(entries: readonly Entry[], projectId: string): Entry | undefined {
  return entries.findLast((entry) => entry.projectId === projectId && !entry.takenBack);
}

/** How many verdicts, by variable, called the model right and how many did not: what was seen, not an estimate. */
export function tallyOf(entries: readonly Entry[]): { variable: string; right: number; wrong: number }[] {
  const tally = new Map<string, { variable: string; right: number; wrong: number }>();
  for (const { item, feedback } of entries) {
    if (!feedback) continue;
    const variable = item.extraction.variable;
    const one = tally.get(variable) ?? { variable, right: 0, wrong: 0 };
    tally.set(variable, one);
    if (feedback.verdict === "CORRECT") one.right += 1;
    else one.wrong += 1;
  }
  return [...tally.values()];
}
