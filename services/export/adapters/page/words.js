// What the page calls things.
const number = new Intl.NumberFormat("en");

/** "NOT_STATED" -> "not stated". */
const plainly = (word) => String(word).replaceAll("_", " ").toLowerCase();

const many = (count, word) => `${number.format(count)} ${word}${count === 1 ? "" : "s"}`;

/** What the service has a word for: "STATED", "NOT_STATED". */
const WORD = /^[A-Z]+(_[A-Z]+)*$/;

/** 0..1 with two digits behind the point. */
const share = (value) => String(Math.round(value * 100) / 100);

const SHADES = {
  flagged: "wants a look",
  corrected: "a person's answer",
  validated: "confirmed by a person",
  defaulted: "a default, no finding",
};
const MATCHES = {
  FUZZY: "The quote differs a little from the text.",
  NONE: "The document does not have these words.",
};
