// Values while they are typed: the texts that stand in an editor, and the values that they make.
import type { Schema } from "~/api/types.ts";
import type { Value } from "../values.ts";
import { dateIn } from "./dates.ts";
import { numberIn, numberText } from "./numbers.ts";

/** What decides how values are typed; a variable is one. */
export type Kind = Pick<Schema<"Variable">, "type" | "categories">;

/** One value as it was typed or chosen; null where nothing is. A date that is not whole yet is "2021-3". */
export type Text = string | null;

/** A number or date with two ends, either of which may be open. */
export interface Ends {
  low: Text;
  high: Text;
  /** What else the value says of its ends, such as whether they belong to it. */
  more: { [key: string]: Value };
}

/** A value that cannot be typed is kept as it is. */
export interface Kept {
  kept: Value;
}

export type One = Text | Ends | Kept;

export interface Draft {
  /** Whether the value is a list, also where it has one item. */
  isList: boolean;
  ones: readonly One[];
}

export const NOTHING: Draft = { isList: false, ones: [null] };
export const asList = (draft: Draft): Draft => ({ ...draft, isList: true });
export const asOne = ({ ones }: Draft): Draft => ({ isList: false, ones: ones.slice(0, 1) });

export const isSameDraft = (one: Draft, other: Draft): boolean => JSON.stringify(one) === JSON.stringify(other);

export const isEnds = (one: One): one is Ends => typeof one === "object" && one !== null && "low" in one;
export const isKept = (one: One): one is Kept => typeof one === "object" && one !== null && "kept" in one;

/** A value as it would be typed. */
export function draftOf(value: Value, locale: string): Draft {
  if (!Array.isArray(value)) return { isList: false, ones: [oneOf(value, locale)] };
  return { isList: true, ones: value.length > 0 ? value.map((item) => oneOf(item as Value, locale)) : [null] };
}

function oneOf(value: Value, locale: string): One {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return numberText(value, locale);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value) || !("low" in value && "high" in value)) return { kept: value };
  const { low, high, ...more } = value as { [key: string]: Value };
  const [lower, upper] = [oneOf(low ?? null, locale), oneOf(high ?? null, locale)];
  const isText = (one: One): one is Text => one === null || typeof one === "string";
  return isText(lower) && isText(upper) ? { low: lower, high: upper, more } : { kept: value };
}

/** The value that was typed; null where nothing is, undefined where something is no value of the kind. */
export function readDraft({ isList, ones }: Draft, kind: Kind, locale: string): Value | undefined {
  const values = ones.map((one) => valueOfOne(one, kind, locale)).filter((value) => value !== null);
  if (values.includes(undefined)) return undefined;
  if (isList) return values.length > 0 ? (values as Value) : null;
  return values[0] ?? null;
}

function valueOfOne(one: One, kind: Kind, locale: string): Value | undefined {
  if (isKept(one)) return one.kept;
  if (!isEnds(one)) return valueOfText(one, kind, locale);
  const [low, high] = [valueOfText(one.low, kind, locale), valueOfText(one.high, kind, locale)];
  if (low === undefined || high === undefined || !mayBeRange(kind)) return undefined;
  return low === null && high === null ? null : ({ low, high, ...one.more } as Value);
}

/** The value of one text; null where it is empty, undefined where it is none of the kind. */
export function valueOfText(text: Text, { type, categories }: Kind, locale: string): Value | undefined {
  if (text === null) return null;
  if (type === "CATEGORY" && categories.length > 0) {
    const isSame = ({ value }: Schema<"Category">) => value.toLowerCase() === text.toLowerCase();
    return categories.some(isSame) ? text : undefined;
  }
  if (text.trim() === "") return null;
  if (type === "NUMBER") return numberIn(text, locale);
  if (type === "DATE") return dateIn(text);
  if (type === "BOOLEAN") return text === "true" ? true : text === "false" ? false : undefined;
  return text;
}

/** Whether values may have two ends. */
export const mayBeRange = ({ type }: Pick<Kind, "type">): boolean => type === "NUMBER" || type === "DATE";

type OfCell = Kind & Pick<Schema<"Variable">, "if_multiple_values" | "max_values">;

/** How many values a cell of the variable may have. */
export function mostValues({ type, if_multiple_values, max_values }: Omit<OfCell, "categories">): number {
  const keepsSeveral = if_multiple_values === "ALL" || if_multiple_values === "CONCATENATE";
  return keepsSeveral && type !== "BOOLEAN" ? max_values : 1;
}

/** What stands between values that a cell has as one text. */
const JOINER = "; ";

/** A cell's value as it would be typed: several where the variable keeps several, else the first. */
export function draftOfCell(variable: OfCell, value: Value, locale: string): Draft {
  if (mostValues(variable) === 1) return asOne(draftOf(value, locale));
  const isJoined = variable.if_multiple_values === "CONCATENATE" && typeof value === "string";
  return asList(draftOf(isJoined ? value.split(JOINER) : value, locale));
}
