// What every field for the text of one value is given.
import type { Kind, Text } from "./draft.ts";

export interface FieldProps {
  kind: Kind;
  label: string;
  text: Text;
  onChange: (text: Text) => void;
  /** Whether it is said what is wrong; of dates it is said at once. */
  isTold?: boolean;
  /** Whether all that can be chosen is in view. */
  isSpread?: boolean;
  /** Whether nothing can be chosen. */
  hasNone?: boolean;
  /** Lines of a text. */
  rows?: number;
  /** Whether it takes the focus when it is first shown. */
  autoFocus?: boolean;
}
