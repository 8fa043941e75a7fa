// What the editor of a variable holds while it is typed, and the definition that it makes.
import type { Schema } from "~/api/types.ts";
import { parseValue, type Value } from "~/parts/values.ts";

type Variable = Schema<"Variable">;
type Type = Schema<"VariableType">;

export const FIELDS = [
  "display_name",
  "name",
  "type",
  "instructions",
  "categories",
  "required",
  "confidence_threshold",
  "if_uncertain",
  "default_value",
  "if_multiple_values",
  "max_values",
  "if_range",
  "reading",
  "if_unsupported",
  "validation_rules",
  "depends_on",
  "golden_examples",
] as const;
export type Field = (typeof FIELDS)[number];

/** What defines a variable: what a person may change of it. */
export type Definition = Pick<Variable, Field>;

/** One of a list that a person edits; the key stays the same while it is moved and typed. */
export type Keyed<Item> = Item & { key: string };

/** Values are held as they are typed. */
export interface Draft
  extends Omit<Definition, "categories" | "default_value" | "validation_rules" | "depends_on" | "golden_examples"> {
  categories: Keyed<Schema<"Category">>[];
  default_value: string;
  min: string;
  max: string;
  pattern: string;
  /** One a line. */
  allowed: string;
  depends_on: Keyed<{ variable: string; operator: Schema<"ConditionOperator">; value: string }>[];
  golden_examples: Keyed<{ text: string; value: string; note: string }>[];
}

/** A variable of which nothing is said yet. */
export const EMPTY: Definition = {
  name: "",
  display_name: "",
  type: "TEXT",
  instructions: "",
  categories: [],
  confidence_threshold: 0.7,
  if_uncertain: "FLAG",
  if_multiple_values: "FIRST",
  max_values: 5,
  default_value: null,
  required: false,
  validation_rules: { min: null, max: null, pattern: "", allowed_values: [] },
  depends_on: [],
  golden_examples: [],
  reading: null,
  if_unsupported: "WITHHOLD",
  if_range: "EMPTY",
};

/** The definition of a variable, or of one that is proposed, in which some may be absent. */
export function definitionIn(given: Partial<{ [Name in Field]: Definition[Name] | null }>): Definition {
  const told = Object.fromEntries(FIELDS.map((field) => [field, given[field] ?? EMPTY[field]]));
  return told as unknown as Definition;
}

let keys = 0;
/** The item with a key of its own. */
export const keyed = <Item>(item: Item): Keyed<Item> => ({ ...item, key: `k${++keys}` });

export function draftOf(definition: Definition): Draft {
  const { validation_rules: rules, ...rest } = definition;
  return {
    ...rest,
    categories: definition.categories.map(keyed),
    default_value: typed(definition.default_value),
    min: typed(rules.min),
    max: typed(rules.max),
    pattern: rules.pattern,
    allowed: rules.allowed_values.map(typed).join("\n"),
    depends_on: definition.depends_on.map((one) => keyed({ ...one, value: typed(one.value) })),
    golden_examples: definition.golden_examples.map((one) => keyed({ ...one, value: typed(one.value) })),
  };
}

/** A value as it would be typed; several are a line each. */
export function typed(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(typed).join("\n");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A field with what is wrong with it: a text's key, and which of a list. */
export interface Wrong {
  field: Field;
  why: "name" | "nameTaken" | "value" | "categoryEmpty" | "categoryTwice" | "exampleEmpty" | "conditionEmpty";
  at?: number;
}

/** `types`: of the project's variables by name, for conditions on them. */
export function definitionOf(
  draft: Draft,
  types: ReadonlyMap<string, Type>,
): { definition: Definition; wrong: Wrong[] } {
  const wrong: Wrong[] = [];
  const read = (text: string, type: Type, field: Field, at?: number): Value => {
    const value = readText(text, type);
    if (value === undefined) wrong.push({ field, why: "value", ...(at !== undefined && { at }) });
    return value ?? null;
  };
  const { key: _, min, max, pattern, allowed, ...rest } = { key: "", ...draft };
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(draft.name)) wrong.push({ field: "name", why: "name" });
  const categories =
    draft.type === "CATEGORY"
      ? draft.categories.map(({ value, description }) => ({ value: value.trim(), description }))
      : [];
  wrong.push(...wrongCategories(categories));
  const definition: Definition = {
    ...rest,
    categories,
    default_value: read(draft.default_value, draft.type, "default_value"),
    validation_rules: {
      min: read(min, draft.type, "validation_rules"),
      max: read(max, draft.type, "validation_rules"),
      pattern,
      allowed_values: linesOf(allowed).map((line) =>
        read(line, draft.type, "validation_rules"),
      ) as Definition["validation_rules"]["allowed_values"],
    },
    depends_on: draft.depends_on.map(({ variable, operator, value }, at) => {
      if (!variable) wrong.push({ field: "depends_on", why: "conditionEmpty", at });
      const type = types.get(variable) ?? "TEXT";
      if (operator === "IS_PRESENT") return { variable, operator, value: null };
      if (operator === "IN") {
        return { variable, operator, value: linesOf(value).map((line) => read(line, type, "depends_on", at)) as Value };
      }
      return { variable, operator, value: read(value, type, "depends_on", at) };
    }),
    golden_examples: draft.golden_examples.map(({ text, value, note }, at) => {
      if (!text.trim()) wrong.push({ field: "golden_examples", why: "exampleEmpty", at });
      return { text, note, value: read(value, draft.type, "golden_examples", at) };
    }),
  };
  return { definition, wrong };
}

function wrongCategories(categories: readonly Schema<"Category">[]): Wrong[] {
  const seen = new Set<string>();
  return categories.flatMap(({ value }, at): Wrong[] => {
    if (!value) return [{ field: "categories", why: "categoryEmpty", at }];
    if (seen.has(value)) return [{ field: "categories", why: "categoryTwice", at }];
    seen.add(value);
    return [];
  });
}

/** Null for nothing, a list for several lines; undefined where it is no value of the type. */
function readText(text: string, type: Type): Value | undefined {
  if (text.trim() === "") return null;
  if (/^\s*[{[]/.test(text) && type !== "TEXT") {
    try {
      return JSON.parse(text) as Value;
    } catch {
      return undefined;
    }
  }
  if (type === "TEXT" || !text.includes("\n")) return parseValue(text, type);
  const values = linesOf(text).map((line) => parseValue(line, type));
  return values.includes(undefined) ? undefined : (values as Value);
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A text as a column's name; empty where it has no Latin letter or digit. */
export function columnName(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, "");
  const words = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return (/^\d/.test(words) ? `n_${words}` : words).slice(0, 63).replace(/_+$/, "");
}
