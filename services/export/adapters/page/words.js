// What the page calls things.
const number = new Intl.NumberFormat("en");

/** "NOT_STATED" -> "not stated". */
const plainly = (word) => String(word).replaceAll("_", " ").toLowerCase();

const many = (count, word) => `${number.format(count)} ${word}${count === 1 ? "" : "s"}`;

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
