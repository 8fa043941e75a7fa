// What the settings of a variable are called.
import { useFormatter, useTranslations } from "use-intl";
import type { Field } from "./draft.ts";

const WORDS: Partial<Record<Field, string>> = {
  if_uncertain: "ifUncertain",
  if_multiple_values: "ifMultiple",
  if_range: "ifRange",
  if_unsupported: "ifUnsupported",
  reading: "readings",
  depends_on: "operators",
};

/** What a setting's value is called; the value itself where it has no word. */
export function useWords(): (field: Field, value: string) => string {
  const t = useTranslations("setup.variable");
  const types = useTranslations("words.type");
  const common = useTranslations("common");
  const format = useFormatter();
  return (field, value) => {
    if (field === "type") return types(value as Parameters<typeof types>[0]);
    if (field === "required") return value === "true" ? common("yes") : common("no");
    if (field === "confidence_threshold") return format.number(Number(value), { maximumFractionDigits: 3 });
    const key = `${WORDS[field]}.${value}` as Parameters<typeof t>[0];
    return WORDS[field] && t.has(key) ? t(key) : value;
  };
}
