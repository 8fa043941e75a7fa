// What the form of a step is given.
import type { Setup, Step, StepCall } from "../queries.ts";

export interface StepProps {
  setup: Setup;
  state: Step;
  /** Whether something is being asked for just now. */
  isBusy: boolean;
  call: (call: StepCall) => void;
  /** What the person wants to know of this step, in words; of the first step it is the project's description. */
  hint: string;
}
