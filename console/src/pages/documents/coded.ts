// Where in a document its values are stated, as passages to be marked.
import type { Schema } from "~/api/types.ts";
import type { Passage } from "~/parts/DocumentView/passage.ts";

export interface Coded {
  extraction: Schema<"Extraction">;
  /** Which of the passages is the first that states it; absent when none does. */
  passage: number | undefined;
}

/**
 * All values of a document with the passages that state them, each passage once.
 *
 * `asked`: a passage that is wanted anyhow; `askedAt` is which of them it is.
 */
export function codedOf(
  extractions: readonly Schema<"Extraction">[],
  asked?: { start: number; end: number },
): { coded: Coded[]; passages: Passage[]; askedAt: number } {
  const passages: Passage[] = [];
  const known = new Map<string, number>();
  const placeOf = ({ start, end }: { start: number; end: number }) => {
    const key = `${start} ${end}`;
    const at = known.get(key) ?? passages.push({ start, end, tone: "quote" }) - 1;
    known.set(key, at);
    return at;
  };
  const coded = extractions.map((extraction): Coded => {
    const places = (extraction.evidence?.spans ?? []).map(placeOf);
    return { extraction, passage: places[0] };
  });
  return { coded, passages, askedAt: asked ? placeOf(asked) : 0 };
}
