// Where in a document its values are stated, as passages to be marked.
import type { Schema } from "~/api/types.ts";
import type { Passage } from "~/parts/DocumentView.tsx";

export interface Coded {
  extraction: Schema<"Extraction">;
  /** Which of the passages is the first that states it; absent when none does. */
  passage: number | undefined;
}

/** All values of a document with the passages that state them, each passage once. */
export function codedOf(extractions: readonly Schema<"Extraction">[]): { coded: Coded[]; passages: Passage[] } {
  const passages: Passage[] = [];
  const known = new Map<string, number>();
  const coded = extractions.map((extraction): Coded => {
    const spans = extraction.evidence?.spans ?? [];
    const places = spans.map(({ start, end }) => {
      const key = `${start} ${end}`;
      const at = known.get(key) ?? passages.push({ start, end, tone: "quote" }) - 1;
      known.set(key, at);
      return at;
    });
    return { extraction, passage: places[0] };
  });
  return { coded, passages };
}
