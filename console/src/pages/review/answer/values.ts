// What an editor holds while a value is typed, and the value that it makes.
import type { Schema } from "~/api/types.ts";
import type { Value } from "~/parts/values.ts";

type Variable = Schema<"Variable">;

/** Whether a cell of the variable may hold several values. */
export const keepsSeveral = ({ if_multiple_values }: Variable): boolean =>
  if_multiple_values === "ALL" || if_multiple_values === "CONCATENATE";

/** Whether its values may have two ends. */
export const mayBeRange = ({ type }: Variable): boolean => type === "NUMBER" || type === "DATE";

/** A value with two ends, of which one may be open. */
export interface Ends {
  low: Value;
  high: Value;
}

export function isEnds(value: Value): value is Value & Ends {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "low" in value && "high" in value;
}

/** The values that an editor begins with: those that stand, else one that is empty. */
export function valuesOf(variable: Variable, value: Value): Value[] {
  if (Array.isArray(value)) return value.length ? (value as Value[]) : [null];
  return [fits(variable, value) ? value : null];
}

/** The value of a cell with these in it; null when nothing is said. */
export function answerOf(variable: Variable, values: readonly Value[]): Value {
  const said = values.filter((value) => !isEmpty(value));
  return keepsSeveral(variable) ? (said.length ? (said as Value) : null) : (said[0] ?? null);
}

function isEmpty(value: Value): boolean {
  return value === null || value === "" || (isEnds(value) && value.low === null && value.high === null);
}

/** Whether the value is of the variable's type; what a model found otherwise is not begun with. */
function fits({ type, categories }: Variable, value: Value): boolean {
  if (isEnds(value)) return type === "NUMBER" || type === "DATE";
  if (type === "NUMBER") return typeof value === "number";
  if (type === "BOOLEAN") return typeof value === "boolean";
  if (type === "CATEGORY") return categories.some((category) => category.value === value);
  return typeof value === "string";
}
