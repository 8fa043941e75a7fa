// A document as people see it: pictures of its pages with rectangles where passages stand, or its text with them marked.

/** A passage of a document's text: `start` its first character, `end` one past its last, as the API counts them. */
export interface Passage {
  start: number;
  end: number;
  /** "quote" is what states the value; "candidate" what states another one. */
  tone: "quote" | "candidate";
}

/** `focus`: which of the passages is brought into view, by its place in the list. */
export function DocumentView({ documentId }: { documentId: string; passages: readonly Passage[]; focus?: number }) {
  return <p>{documentId}</p>;
}
