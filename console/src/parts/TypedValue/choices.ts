// What a value is chosen from: the categories of its variable, or yes and no.
import { useTranslations } from "use-intl";
import type { Kind, Text } from "./draft.ts";

/** `more`: what an option means. */
export interface Option {
  value: string;
  text: string;
  more?: string;
}

/** Names of options in lists and groups; a value may be any text, also the empty one. */
export const NONE = "none";
export const keyOf = (value: string) => `=${value}`;
export const valueAt = (key: string): Text => (key === NONE ? null : key.slice(1));

/** Whether a value of the kind is chosen, not typed. */
export const isChosen = ({ type, categories }: Kind): boolean =>
  type === "BOOLEAN" || (type === "CATEGORY" && categories.length > 0);

/** The options of a kind; those of `chosen` that are none of them stay to be seen. */
export function useOptions({ type, categories }: Kind, chosen: readonly Text[]): Option[] {
  const t = useTranslations("typed");
  const common = useTranslations("common");
  const known: Option[] =
    type === "BOOLEAN"
      ? [
          { value: "true", text: common("yes") },
          { value: "false", text: common("no") },
        ]
      : categories.map(({ value, description }) => ({ value, text: value, more: description }));
  const others = chosen.filter((value) => value !== null && !known.some((one) => one.value === value)) as string[];
  const outside = others.map((value) => ({ value, text: value || t("empty"), more: t("outside") }));
  // Two categories may be alike while they are typed.
  return [...new Map([...known, ...outside].map((one) => [one.value, one])).values()];
}
