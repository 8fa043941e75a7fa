// Offsets into a text: the API counts Unicode code points, JavaScript counts UTF-16 units.

/** Converts offsets into one text both ways. Without characters beyond U+FFFF, which is most texts, both are the same. */
export class Offsets {
  /** Where characters that take two units stand, in code points, ascending. */
  readonly #wide: readonly number[];

  constructor(text: string) {
    const wide: number[] = [];
    for (const match of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) wide.push(match.index - wide.length);
    this.#wide = wide;
  }

  /** The UTF-16 offset of a code point's offset. */
  toUnits(points: number): number {
    return points + countBelow(this.#wide.length, (at) => (this.#wide[at] ?? 0) < points);
  }

  /** The code point's offset of a UTF-16 offset; of one within a character, that of the character. */
  toPoints(units: number): number {
    // The n-th wide character ends at its code points before it, plus n units for those before, plus two.
    return units - countBelow(this.#wide.length, (at) => (this.#wide[at] ?? 0) + at + 1 <= units);
  }
}

/** How many of the first `length` numbers from 0 hold, where those that hold come first. */
export function countBelow(length: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
