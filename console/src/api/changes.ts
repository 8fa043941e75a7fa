// Changes of what somebody else may have changed meanwhile (412).
import { isProblem } from "./problem.ts";

/** A change that was not made, as somebody else has made one since it was seen. */
export class ChangedMeanwhile<Now> extends Error {
  /** `now`: how it stands at the server. */
  constructor(readonly now: Now) {
    super("it was changed meanwhile");
  }
}

/**
 * Makes a change; where somebody else has made one, asks how it stands now.
 *
 * Raises ChangedMeanwhile, and Problem also where it cannot be asked.
 */
export async function changing<Done, Now>(change: () => Promise<Done>, now: () => Promise<Now>): Promise<Done> {
  try {
    return await change();
  } catch (error) {
    if (!isProblem(error) || error.status !== 412) throw error;
    throw new ChangedMeanwhile(await now());
  }
}
