// Filters of the dataset's rows, as ListDatasetRowsRequest has them: read for people, written for the API.
import type { Schema } from "~/api/types.ts";

export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~";
export type Field =
  | ""
  | "id"
  | "confidence"
  | "status"
  | "flag"
  | "missing"
  | "verdict"
  | "support"
  | "origin"
  | "stale";
/** What a condition looks at: a variable's cell, any cell of the row, or a name. */
export type Subject = "variable" | "any" | "document" | "entity";

/** One condition on a row; `name` is the variable's, empty for other subjects; `field` is empty for the value itself. */
export interface Condition {
  subject: Subject;
  name: string;
  field: Field;
  operator: Operator;
  value: string;
}

type Type = Schema<"VariableType">;

const SUBJECTS: readonly string[] = ["any", "document", "entity"];
const SAME: readonly Operator[] = ["=", "!="];
const ORDERED: readonly Operator[] = ["=", "!=", ">=", "<=", ">", "<"];
const TEXTS: readonly Operator[] = ["~", "=", "!="];
const QUOTED = '"(?:[^"]|"")*"';
const FILTER = new RegExp(
  `^\\s*(${QUOTED}|[^\\s.=!<>~"]+)(?:\\s*\\.\\s*([^\\s.=!<>~"]*))?\\s*(!=|<=|>=|=|<|>|~)\\s*(${QUOTED}|[^]*?)\\s*$`,
  "u",
);
/** As many as the API takes, and as long. */
export const MOST_FILTERS = 20;
export const MOST_CHARACTERS = 500;

/** The names that a field's value is one of; those of `flag` and others come with NONE, for a cell that has none. */
export const NAMES = {
  missing: [
    "NONE",
    "NOT_STATED",
    "NOT_APPLICABLE",
    "AMBIGUOUS",
    "UNREADABLE",
    "MODEL_FAILED",
    "BELOW_THRESHOLD",
    "NOT_FOUND",
    "VAGUE",
    "RANGE",
    "UNSUPPORTED",
    "UNGROUNDED",
    "INCOMPLETE",
  ],
  status: ["EXTRACTED", "VALIDATED", "FLAGGED", "FAILED"],
  flag: [
    "NONE",
    "UNGROUNDED",
    "UNSUPPORTED",
    "UNCHECKED",
    "LOW_CONFIDENCE",
    "MULTIPLE_VALUES",
    "AMBIGUOUS",
    "INVALID",
    "CATEGORY_MAPPED",
    "DEFAULT_USED",
    "REQUIRED_MISSING",
    "EXAMPLE_LEAKED",
    "INCOMPLETE",
    "UNSURE_PAGE",
    "DISPUTED",
    "REJECTED",
  ],
  verdict: ["NONE", "CORRECT", "INCORRECT", "PARTIALLY_CORRECT"],
  support: ["NONE", "STATED", "JUDGED", "UNCHECKED", "CONTRADICTED", "UNGROUNDED"],
  origin: ["EXTRACTED", "DEFAULTED", "CORRECTED"],
  stale: ["true", "false", "ASKED_OTHERWISE", "NEVER_ASKED", "FAILED", "UNIT_CHANGED", "REREAD", "OTHER_MODEL"],
} as const;
export type NamedField = keyof typeof NAMES;

export function isNamed(field: Field): field is NamedField {
  return field in NAMES;
}

/** The operators that fit a field, or of the value itself the type; a name has no type. */
export function operatorsOf(field: Field, type?: Type): readonly Operator[] {
  if (field === "confidence") return [">=", "<=", ">", "<"];
  if (field !== "") return SAME;
  if (type === "NUMBER" || type === "DATE") return ORDERED;
  return type === "BOOLEAN" ? SAME : TEXTS;
}

/** What a text says; null when it is no filter. */
export function readFilter(text: string): Condition | null {
  const match = FILTER.exec(text);
  if (!match) return null;
  const [, raw = "", field = "", operator = "", value = ""] = match;
  const subject = SUBJECTS.includes(raw) ? (raw as Subject) : "variable";
  return {
    subject,
    name: subject === "variable" ? unquoted(raw) : "",
    field: field as Field,
    operator: operator as Operator,
    value: unquoted(value),
  };
}

/** The condition as the API reads it. */
export function writeFilter({ subject, name, field, operator, value }: Condition): string {
  const of = subject !== "variable" ? subject : SUBJECTS.includes(name) ? quoted(name) : name;
  const isPlain = value !== "" && value.trim() === value && !/^["=]/.test(value);
  return `${of}${field && `.${field}`}${operator}${isPlain ? value : quoted(value)}`;
}

/** A condition on a variable's value. */
export function onValue(name: string, operator: Operator, value: string): Condition {
  return { subject: "variable", name, field: "", operator, value };
}

/** Whether all conditions are among the filters. */
export function hasAll(filters: readonly string[], conditions: readonly Condition[]): boolean {
  return conditions.length > 0 && conditions.every((one) => filters.includes(writeFilter(one)));
}

/** The filters with one more; the same one is not there twice. */
export function added(filters: readonly string[], condition: Condition): string[] {
  const text = writeFilter(condition);
  return filters.includes(text) ? [...filters] : [...filters, text];
}

/**
 * The filters with these conditions on one variable's value in place of those that say between which bounds it is, or
 * which it is; without them when they are there already.
 */
export function toggled(filters: readonly string[], conditions: readonly Condition[]): string[] {
  const texts = conditions.map(writeFilter);
  if (hasAll(filters, conditions)) return filters.filter((one) => !texts.includes(one));
  const name = conditions[0]?.name;
  const bounds = (text: string) => {
    const read = readFilter(text);
    return read?.subject === "variable" && read.name === name && read.field === "" && !/[!~]/.test(read.operator);
  };
  return [...filters.filter((one) => !bounds(one)), ...texts];
}

/** What the rows are sorted by: a variable, document or entity, or a variable's confidence. */
export interface Sort {
  by: string;
  isConfidence: boolean;
  isDescending: boolean;
}

export function readSort(text: string | undefined): Sort | null {
  const match = /^(-)?("(?:[^"]|"")*"|[^\s."]+)(\.confidence)?$/.exec(text?.trim() ?? "");
  return match && { by: match[2] ?? "", isConfidence: match[3] !== undefined, isDescending: match[1] !== undefined };
}

export function writeSort({ by, isConfidence, isDescending }: Sort): string {
  return `${isDescending ? "-" : ""}${by}${isConfidence ? ".confidence" : ""}`;
}

/** How a variable is called in a sort: in quotes where its name is also that of something else. */
export function sortKey(name: string): string {
  return SUBJECTS.includes(name) ? quoted(name) : name;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function unquoted(text: string): string {
  return new RegExp(`^${QUOTED}$`).test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}
