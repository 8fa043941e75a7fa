// Which files go together in one request, and how far each is when a part of the request has gone.
import type { Problem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";

/** From this size on a file goes by itself, in an upload that goes on after a break. */
export const LARGE = 4 * 2 ** 20;
const MOST_IN_BATCH = 25;
const MOST_BYTES = 8 * 2 ** 20;

/** Files that operating systems leave in folders, which nobody means to upload. */
const LEFT_BEHIND = /^(\.|thumbs\.db$|desktop\.ini$)/i;
const TABLE = /\.(csv|tsv|xlsx|xls|ods|json|jsonl|ndjson|parquet)$/i;

export const isMeant = (name: string) => !LEFT_BEHIND.test(name);
/** Whether it may be a table, of which a column holds the texts. */
export const mayBeTable = (name: string) => TABLE.test(name);

/** Small files in batches, a large one alone, in their order. */
export function batchesOf<Item extends { size: number }>(files: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  let batch: Item[] = [];
  let bytes = 0;
  for (const file of files) {
    if (file.size >= LARGE) {
      batches.push([file]);
      continue;
    }
    if (batch.length === MOST_IN_BATCH || (batch.length > 0 && bytes + file.size > MOST_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length) batches.push(batch);
  return batches;
}

/** How many bytes of each file have gone when so many of the request have: they go one after the other. */
export function sentOf(sizes: readonly number[], sent: number): number[] {
  let left = sent;
  return sizes.map((size) => {
    const gone = Math.max(0, Math.min(size, left));
    left -= size;
    return gone;
  });
}

/** What became of a file. */
export type Outcome =
  | { state: "stored" | "known" | "reread"; documentId: string }
  | { state: "refused"; detail: string; correlationId: string };

/** What became of each of a request's files, in their order. */
export function outcomesOf(count: number, { items, errors }: Schema<"Uploads">): Outcome[] {
  const refused = new Map(errors.map((one) => [one.index, one.problem]));
  const stored = [...items];
  return Array.from({ length: count }, (_, index): Outcome => {
    const problem = refused.get(index);
    if (problem) return { state: "refused", detail: problem.detail, correlationId: problem.correlation_id };
    const item = stored.shift();
    return { state: item?.reread ? "reread" : item?.created ? "stored" : "known", documentId: item?.id ?? "" };
  });
}

/** The same of a request that was refused as a whole: each file has a line of its own where there are several. */
export function refusalsOf(names: readonly string[], problem: Problem): Outcome[] {
  const lines = new Map(problem.fields.map((one) => [one.field, one.detail]));
  return names.map((name, index) => {
    const line = lines.get(`files.${index}`)?.replace(`${name}: `, "");
    return { state: "refused", detail: line ?? problem.detail, correlationId: problem.correlationId };
  });
}
