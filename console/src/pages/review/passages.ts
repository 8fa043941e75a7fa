// Where the document says what a cell says, and what else it might say.
import type { Schema } from "~/api/types.ts";
import type { Passage } from "~/parts/DocumentView/passage.ts";

type Evidence = Schema<"Evidence"> | null;

/** The passages of the quote, then those of other values that were in question. */
export function passagesOf({ evidence, candidates }: Schema<"PartialExtraction">): Passage[] {
  const quote = spansOf(evidence).map((span) => ({ ...span, tone: "quote" as const }));
  const taken = new Set(quote.map(place));
  const others = candidates
    .flatMap((candidate) => spansOf(candidate.evidence))
    .filter((span) => !taken.has(place(span)));
  return [...quote, ...others.map((span) => ({ ...span, tone: "candidate" as const }))];
}

const spansOf = (evidence: Evidence) => (evidence?.spans ?? []).map(({ start, end }) => ({ start, end }));

const place = ({ start, end }: { start: number; end: number }) => `${start} ${end}`;
