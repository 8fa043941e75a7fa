// A part of a document's text that the viewer shows.

/** A passage of a document's text: `start` its first character, `end` one past its last, as the API counts them. */
export interface Passage {
  start: number;
  end: number;
  /** "quote" is what states the value; "candidate" what states another one. */
  tone: "quote" | "candidate";
}
