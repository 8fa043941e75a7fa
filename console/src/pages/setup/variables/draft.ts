// What the editor of a variable holds while it is typed, and the definition that it makes.
import type { Schema } from "~/api/types.ts";
import {
  asList,
  asOne,
  draftOf as draftOfValue,
  type Kind,
  readDraft,
  type Draft as ValueDraft,
} from "~/parts/TypedValue/draft.ts";
import type { Value } from "~/parts/values.ts";

type Variable = Schema<"Variable">;

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
  default_value: ValueDraft;
  min: ValueDraft;
  max: ValueDraft;
  pattern: string;
  allowed: ValueDraft;
  depends_on: Keyed<{ variable: string; operator: Schema<"ConditionOperator">; value: ValueDraft }>[];
  golden_examples: Keyed<{ text: string; value: ValueDraft; note: string }>[];
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

/** Whether two drafts say the same; keys are no part of that. */
export function isSame(one: Draft, other: Draft): boolean {
  const plain = (draft: Draft) => JSON.stringify(draft, (name, value) => (name === "key" ? undefined : value));
  return plain(one) === plain(other);
}

export function draftOf(definition: Definition, locale: string): Draft {
  const { validation_rules: rules, ...rest } = definition;
  const typed = (value: Value) => draftOfValue(value, locale);
  return {
    ...rest,
    categories: definition.categories.map(keyed),
    default_value: typed(definition.default_value),
    min: typed(rules.min),
    max: typed(rules.max),
    pattern: rules.pattern,
    allowed: typed(rules.allowed_values as Value),
    depends_on: definition.depends_on.map((one) => keyed({ ...one, value: typed(one.value) })),
    golden_examples: definition.golden_examples.map((one) => keyed({ ...one, value: typed(one.value) })),
  };
}

/** A field with what is wrong with it: a text's key, and which of a list. */
export interface Wrong {
  field: Field;
  why: "name" | "nameTaken" | "value" | "categoryEmpty" | "categoryTwice" | "exampleEmpty" | "conditionEmpty";
  at?: number;
}

/** The categories that have a name, as they will be saved. */
export const categoriesOf = ({ categories }: Pick<Draft, "categories">): Schema<"Category">[] =>
  categories
    .map(({ value, description }) => ({ value: value.trim(), description }))
    .filter(({ value }) => value !== "");

const A_TEXT: Kind = { type: "TEXT", categories: [] };

/** `kinds`: of the project's variables by name, for conditions on them. */
export function definitionOf(
  draft: Draft,
  kinds: ReadonlyMap<string, Kind>,
  locale: string,
): { definition: Definition; wrong: Wrong[] } {
  const wrong: Wrong[] = [];
  const own: Kind = { type: draft.type, categories: draft.type === "CATEGORY" ? categoriesOf(draft) : [] };
  const read = (typed: ValueDraft, kind: Kind, field: Field, at?: number): Value => {
    const value = readDraft(typed, kind, locale);
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
    default_value: read(draft.default_value, own, "default_value"),
    validation_rules: {
      min: read(min, own, "validation_rules"),
      max: read(max, own, "validation_rules"),
      pattern,
      allowed_values: (read(asList(allowed), own, "validation_rules") ??
        []) as Definition["validation_rules"]["allowed_values"],
    },
    depends_on: draft.depends_on.map(({ variable, operator, value }, at) => {
      if (!variable) wrong.push({ field: "depends_on", why: "conditionEmpty", at });
      const kind = kinds.get(variable) ?? A_TEXT;
      if (operator === "IS_PRESENT") return { variable, operator, value: null };
      if (operator === "IN") return { variable, operator, value: read(asList(value), kind, "depends_on", at) ?? [] };
      return { variable, operator, value: read(asOne(value), kind, "depends_on", at) };
    }),
    golden_examples: draft.golden_examples.map(({ text, value, note }, at) => {
      if (!text.trim()) wrong.push({ field: "golden_examples", why: "exampleEmpty", at });
      return { text, note, value: read(value, own, "golden_examples", at) };
    }),
  };
  return { definition, wrong };
}

function wrongCategories(categories: readonly Schema<"Category">[]): Wrong[] {
  const seen = new Set<string>();
  return categories.flatMap(({ value }, at): Wrong[] => {
    if (!value) return [{ field: "categories", why: "categoryEmpty", at }];
    if (seen.has(value.toLowerCase())) return [{ field: "categories", why: "categoryTwice", at }];
    seen.add(value.toLowerCase());
    return [];
  });
}

/** A text as a column's name; empty where it has no Latin letter or digit. */
export function columnName(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, "");
  const words = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return (/^\d/.test(words) ? `n_${words}` : words).slice(0, 63).replace(/_+$/, "");
}
