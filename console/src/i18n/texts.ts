// Puts the files of a language together: a page's texts stand under its name.
import type en from "./en.ts";

/** `files`: the texts of each file, by its address. */
export function textsOf(files: Record<string, unknown>): typeof en {
  const named = Object.entries(files).map(([address, texts]) => [address.replace(/^.*\/|\.json$/g, ""), texts]);
  return Object.fromEntries(named) as typeof en;
}
