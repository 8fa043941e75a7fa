// A cell's value in its own direction, or why there is none.
import { useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Mark, MissingMark } from "./marks.tsx";
import { textOf, type Value } from "./values.ts";

/** `reason`: why there is no value; null where there is one, or that is not known. */
export function CellValue({ value, reason = null }: { value: Value; reason?: Schema<"MissingReason"> | null }) {
  const t = useTranslations("common");
  const text = useValueText();
  if (reason !== null) return <MissingMark reason={reason} />;
  if (value === null) return <Mark shape="○" text={t("noValue")} tone="quiet" />;
  return <bdi>{text(value)}</bdi>;
}

/** Values as texts in the language of the page. */
export function useValueText(): (value: Value) => string {
  const t = useTranslations("common");
  const locale = useLocale();
  return (value) => textOf(value, locale, { yes: t("yes"), no: t("no") });
}
