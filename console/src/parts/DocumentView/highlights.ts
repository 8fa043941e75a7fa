// Marks pieces of text without wrapping them, which would break the joined letters of Arabic (CSS Custom Highlight API).

/** As DocumentView.module.css names them in ::highlight(); later ones are shown over earlier ones. */
export const MARKS = ["candidate", "quote", "found", "focus"] as const;
export type Mark = (typeof MARKS)[number];

export const canHighlight = typeof CSS !== "undefined" && "highlights" in CSS;

/** Marks these ranges until the returned function is called; other views may have marked others. */
export function highlight(mark: Mark, ranges: readonly Range[]): () => void {
  const all = registered(mark);
  for (const range of ranges) all.add(range);
  return () => {
    for (const range of ranges) all.delete(range);
  };
}

function registered(mark: Mark): Highlight {
  const known = CSS.highlights.get(mark);
  if (known) return known;
  const made = new Highlight();
  made.priority = MARKS.indexOf(mark);
  CSS.highlights.set(mark, made);
  return made;
}
