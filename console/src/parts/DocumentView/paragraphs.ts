// A document's text cut into pages' sections and paragraphs, and which pieces of paragraphs a passage covers.
import type { Schema } from "~/api/types.ts";
import { countBelow, type Offsets } from "./offsets.ts";

/** Part of a text: `start` its first UTF-16 unit, `end` one past its last. */
export interface Span {
  start: number;
  end: number;
}

/** A line of the text; `isApart`: an empty one stands before it. */
export interface Paragraph extends Span {
  isApart: boolean;
}

/** Paragraphs that are laid out together; `page` is given where a page begins. */
export interface Section {
  page?: number;
  /** Which paragraph of all is its first. */
  first: number;
  paragraphs: Paragraph[];
}

/** A piece of a paragraph: `at` which one of all; `start` and `end` count from the paragraph's start. */
export interface Piece extends Span {
  at: number;
}

const SECTION = 4_000;
const LONGEST_PARAGRAPH = 8_000;

/** All of a text, in order: no paragraph goes over a page's end, none is longer than the browser lays out quickly. */
export function sectionsOf(text: string, pages: readonly Schema<"Page">[], offsets: Offsets): Section[] {
  const sections: Section[] = [];
  let first = 0;
  for (const [page, span] of pagesOf(text, pages, offsets)) {
    let section: Section = { ...(page !== undefined && { page }), first, paragraphs: [] };
    for (const paragraph of paragraphsOf(text, span)) {
      const from = section.paragraphs[0]?.start ?? paragraph.start;
      if (section.paragraphs.length && paragraph.end - from > SECTION) {
        sections.push(section);
        section = { first, paragraphs: [] };
      }
      section.paragraphs.push(paragraph);
      first += 1;
    }
    sections.push(section);
  }
  return sections;
}

/** Pages in order; text that stands before, between or after pages belongs to the page before it. */
function pagesOf(text: string, pages: readonly Schema<"Page">[], offsets: Offsets): [number | undefined, Span][] {
  if (pages.length < 2) return [[undefined, { start: 0, end: text.length }]];
  const starts = pages.map((page, at) => (at === 0 ? 0 : offsets.toUnits(page.start)));
  return pages.map((page, at) => [
    page.number,
    { start: starts[at] ?? 0, end: Math.max(starts[at] ?? 0, starts[at + 1] ?? text.length) },
  ]);
}

/** The lines of a span without their ends; a very long one is cut at spaces. Lines with nothing in them stay out. */
function* paragraphsOf(text: string, { start, end }: Span): Generator<Paragraph> {
  let isApart = false;
  for (let from = start; from < end; ) {
    const found = text.indexOf("\n", from);
    const to = found < 0 || found > end ? end : found;
    if (text.slice(from, to).trim() === "") isApart = true;
    else {
      for (let at = from; at < to; ) {
        const cut = to - at > LONGEST_PARAGRAPH ? lastSpace(text, at, at + LONGEST_PARAGRAPH) : to;
        yield { start: at, end: cut, isApart };
        at = cut;
        isApart = false;
      }
    }
    from = to + 1;
  }
}

/** One past the last space before `end`; `end` itself, outside of a character, where there is none. */
function lastSpace(text: string, start: number, end: number): number {
  const space = text.lastIndexOf(" ", end - 1);
  if (space > start) return space + 1;
  return /[\udc00-\udfff]/.test(text[end] ?? "") ? end - 1 : end;
}

/** The pieces of paragraphs that a span covers. */
export function piecesOf(paragraphs: readonly Span[], { start, end }: Span): Piece[] {
  const pieces: Piece[] = [];
  const first = countBelow(paragraphs.length, (at) => (paragraphs[at]?.end ?? 0) <= start);
  for (let at = first; at < paragraphs.length; at += 1) {
    const paragraph = paragraphs[at];
    if (!paragraph || paragraph.start >= end) break;
    const from = Math.max(start, paragraph.start) - paragraph.start;
    pieces.push({ at, start: from, end: Math.min(end, paragraph.end) - paragraph.start });
  }
  return pieces;
}
