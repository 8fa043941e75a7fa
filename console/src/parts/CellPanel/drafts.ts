// A value while it is typed: a text for each, of which the value of the variable's type is made at the end.
import type { Schema } from "~/api/types.ts";
import { parseValue, type Value } from "../values.ts";

/** One text for each value. */
export type Draft = readonly string[];

/** The texts of a value; of one with two ends the lower. */
export function draftOf(value: Value): Draft {
  if (value === null) return [""];
  if (Array.isArray(value)) return value.length > 0 ? value.flatMap((one) => draftOf(one as Value)) : [""];
  if (typeof value === "object") return draftOf((value.low ?? value.high ?? null) as Value);
  return [String(value)];
}

/** The value that was typed, a list of several; undefined when one of them is none of the type. Empty ones are left out. */
export function valueOfDraft(draft: Draft, type: Schema<"VariableType">): Value | undefined {
  const values = draft.filter((text) => text.trim() !== "").map((text) => parseValue(text, type));
  if (values.length === 0 || values.includes(undefined)) return undefined;
  return values.length === 1 ? values[0] : (values as Value);
}
