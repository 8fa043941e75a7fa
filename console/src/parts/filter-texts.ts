// Filters in the words of the interface.
import { useFormatter, useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { type Condition, isNamed, type NamedField, type Operator, readFilter } from "./filters.ts";
import { textOf } from "./values.ts";

const OPERATORS = {
  "=": "equal",
  "!=": "unequal",
  "<": "less",
  "<=": "atMost",
  ">": "more",
  ">=": "atLeast",
  "~": "contains",
} as const;

export function useFilterTexts() {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  const words = useTranslations("words");
  const format = useFormatter();
  const locale = useLocale();
  const yesNo = (name: string) => (name === "true" ? common("yes") : common("no"));
  const operator = (one: Operator) => t(`operator.${OPERATORS[one]}`);
  const name = (field: NamedField, one: string) => {
    if (field === "stale" && (one === "true" || one === "false")) return t(`stale.${one}`);
    if (one === "NONE") return t(`noneOf.${field as "missing"}`);
    const key = `${field}.${one}` as Parameters<typeof words>[0];
    return words.has(key) ? words(key) : one;
  };
  const valueText = ({ field, value }: Condition, variable: Schema<"Variable"> | undefined) => {
    if (field === "confidence") return format.number(Number(value), { style: "percent", maximumFractionDigits: 1 });
    if (isNamed(field)) return name(field, value);
    if (field === "" && variable?.type === "BOOLEAN") return yesNo(value);
    if (field === "" && variable?.type === "NUMBER") return textOf(Number(value), locale, { yes: "", no: "" });
    return value;
  };
  return {
    yesNo,
    operator,
    name,
    /** What a filter looks at, within the menu of a variable or of the rows. */
    what: (what: "value" | "document" | "entity" | "confidence" | NamedField, isOfVariable: boolean) => {
      if (what === "value" || what === "document" || what === "entity") return t(what);
      return isOfVariable ? t(`field.${what}`) : t("anyCell", { field: t(`field.${what}`) });
    },
    /** A filter's text as the address has it, in parts: what it looks at, how, with what. */
    parts: (text: string, variables: readonly Schema<"Variable">[]) => {
      const read = readFilter(text);
      if (!read) return { of: text, how: "", value: "" };
      const variable = read.subject === "variable" ? variables.find((one) => one.name === read.name) : undefined;
      const subject = read.subject === "variable" ? variable?.display_name || read.name : t(read.subject);
      const field = read.field && read.field !== "id" ? t(`field.${read.field}`) : "";
      return {
        of: field ? t("fieldOf", { subject, field }) : subject,
        how: operator(read.operator),
        value: valueText(read, variable),
      };
    },
  };
}
