// Finds what a person looks for in a text.
import type { Span } from "./paragraphs.ts";

export const MOST_FOUND = 1_000;

/** Where the words stand, whatever their case and the spaces and line ends between them; the first ones only. */
export function find(text: string, sought: string): Span[] {
  const words = sought.trim().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const found: Span[] = [];
  for (const match of text.matchAll(new RegExp(escaped.join("\\s+"), "giu"))) {
    found.push({ start: match.index, end: match.index + match[0].length });
    if (found.length === MOST_FOUND) break;
  }
  return found;
}
