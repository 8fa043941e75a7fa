// Puts the parts of a reply together, each once.

export interface Coming {
  text: string;
  /** The number of the last part. */
  sequence: number;
}

/** With the part at its end; one that was heard before changes nothing. */
export function heardOf(known: Coming, { sequence, part }: { sequence: number; part: string }): Coming {
  return sequence > known.sequence ? { text: known.text + part, sequence } : known;
}
