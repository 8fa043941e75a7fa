// Which key a person pressed, whatever their keyboard's script, and whether it is meant for the page.

/** What a key press tells; a KeyboardEvent is one. */
export type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "target"> & {
  isComposing?: boolean;
  repeat?: boolean;
  defaultPrevented?: boolean;
};

const IN_USE = [
  "input",
  "textarea",
  "select",
  "[contenteditable]",
  "[role=textbox]",
  "[role=combobox]",
  "[role=listbox]",
  "[role=menu]",
  "[role=spinbutton]",
  "[role=dialog]",
  "[role=alertdialog]",
].join(",");

/**
 * The letter or sign of a press: "a", "?"; empty where it is none.
 *
 * A Latin letter is taken as it is typed, wherever its key lies; where the keyboard writes another script, the key that
 * writes the letter on a Latin keyboard counts.
 */
export function letterOf(press: Pick<Press, "key" | "code">): string {
  const typed = press.key.toLowerCase();
  if (typed === "?" || typed === "؟") return "?";
  if (/^[a-z0-9]$/.test(typed)) return typed;
  return /^\p{L}$/u.test(typed) && press.code.startsWith("Key") ? press.code.slice(3).toLowerCase() : "";
}

/** Whether the press is the page's: with no other key held, and not while a field, a list or a dialog has the focus. */
export function isForPage(press: Press): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing || press.defaultPrevented) return false;
  return !(press.target instanceof Element && press.target.closest(IN_USE));
}
