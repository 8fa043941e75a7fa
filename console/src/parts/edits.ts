// What an edit changes, field by field, and what becomes of it when somebody else has changed the same thing.

/** Fields in which two states differ. */
export function differing<State extends object>(
  fields: readonly (keyof State)[],
  one: State,
  other: State,
): (keyof State)[] {
  return fields.filter((field) => JSON.stringify(one[field]) !== JSON.stringify(other[field]));
}

/** The fields of `changed` that are not as they were. */
export function changesOf<State extends object>(
  fields: readonly (keyof State)[],
  before: State,
  changed: State,
): Partial<State> {
  return pick(changed, differing(fields, before, changed));
}

function pick<State extends object>(state: State, fields: readonly (keyof State)[]): Partial<State> {
  return Object.fromEntries(fields.map((field) => [field, state[field]])) as Partial<State>;
}

export interface Disagreement<Field> {
  field: Field;
  /** Whether both have changed it; else only one has, and nothing is lost by taking that. */
  isByBoth: boolean;
  /** Whose is taken unless the person says otherwise. */
  proposed: "mine" | "theirs";
}

/** Fields that stand differently in what a person typed and in what somebody else has saved since `before`. */
export function disagreements<State extends object>(
  fields: readonly (keyof State)[],
  before: State,
  mine: State,
  theirs: State,
): Disagreement<keyof State>[] {
  const byMe = new Set(differing(fields, before, mine));
  const byThem = new Set(differing(fields, before, theirs));
  return differing(fields, mine, theirs).map((field) => ({
    field,
    isByBoth: byMe.has(field) && byThem.has(field),
    proposed: byMe.has(field) ? "mine" : "theirs",
  }));
}

/** What stands at the server, with the fields that are taken from what the person typed. */
export function settled<State extends object>(mine: State, theirs: State, fromMine: readonly (keyof State)[]): State {
  return { ...theirs, ...pick(mine, fromMine) };
}
