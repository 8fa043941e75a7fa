// What is typed in a form of something that others may change meanwhile: as it was seen, as it is typed, both in a conflict.
import { useState } from "react";
import { ChangedMeanwhile } from "~/api/changes.ts";
import { changesOf, type Disagreement, disagreements, settled } from "./edits.ts";
import { useUnsaved } from "./Unsaved.tsx";

export interface Edit<Thing, State> {
  /** What is typed, and the thing as it was when that began. */
  state: State;
  seen: Thing;
  set: (changed: Partial<State>) => void;
  isDirty: boolean;
  /** Gives up what is typed, once the person agrees. */
  giveUp: () => void;
  /** To be called with the thing as it was saved, or with why it was not. */
  saved: (thing: Thing) => void;
  refused: (error: unknown) => void;
  /** What somebody else has saved meanwhile, and in which fields it differs from what is typed. */
  conflict: { theirs: Thing; fields: readonly Disagreement<keyof State>[] } | null;
  /** Ends the conflict: all is as the other has it, but for the fields that are taken from what is typed. */
  settle: (fromMine: readonly (keyof State)[]) => State;
}

/** `fields`: of the thing's state, which `stateOf` gives; `isSaving`: whether it is on its way. */
export function useEdit<Thing extends { etag: string }, State extends object>(
  thing: Thing,
  fields: readonly (keyof State)[],
  stateOf: (thing: Thing) => State,
  isSaving: boolean,
): Edit<Thing, State> {
  const [seen, setSeen] = useState(thing);
  const [state, setState] = useState(() => stateOf(thing));
  const [theirs, setTheirs] = useState<Thing | null>(null);
  const isDirty = Object.keys(changesOf(fields, stateOf(seen), state)).length > 0;
  const { leave } = useUnsaved(isDirty);
  const begin = (from: Thing, typed: State) => {
    setSeen(from);
    setState(typed);
    setTheirs(null);
  };
  // Where nothing was typed yet, what somebody else has saved meanwhile is simply shown.
  if (thing.etag !== seen.etag && !theirs && !isSaving && !isDirty) begin(thing, stateOf(thing));
  return {
    state,
    seen,
    set: (changed) => setState((known) => ({ ...known, ...changed })),
    isDirty,
    giveUp: () => leave(() => setState(stateOf(seen))),
    saved: (saved) => begin(saved, stateOf(saved)),
    refused: (error) => {
      if (error instanceof ChangedMeanwhile) setTheirs(error.now as Thing);
    },
    conflict: theirs && { theirs, fields: disagreements(fields, stateOf(seen), state, stateOf(theirs)) },
    settle: (fromMine) => {
      if (!theirs) return state;
      const agreed = settled(state, stateOf(theirs), fromMine);
      begin(theirs, agreed);
      return agreed;
    },
  };
}
