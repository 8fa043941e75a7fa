// Which documents are still being read, and how soon to look at them again.
import type { Schema } from "~/api/types.ts";

/** After how many milliseconds to look again. */
export const SOON = 2_000;

/** Whether a document is still being read. */
export const isUnread = ({ status }: Pick<Schema<"Document">, "status">): boolean =>
  status === "UPLOADED" || status === "PARSED";

/** How many documents are, of those that are counted by their state. */
export function unreadOf(list: { counts: { [status: string]: number } } | undefined): number {
  return (list?.counts.UPLOADED ?? 0) + (list?.counts.PARSED ?? 0);
}
