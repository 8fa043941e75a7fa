// A cell's value in its own direction, or why there is none.
import { useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { MissingMark } from "./marks.tsx";
import { textOf, type Value } from "./values.ts";

/** `value` with a `reason` that is null, or null with a reason. */
export function CellValue({ value, reason }: { value: Value; reason: Schema<"MissingReason"> | null }) {
  const t = useTranslations("common");
  const locale = useLocale();
  if (reason !== null) return <MissingMark reason={reason} />;
  return <bdi>{textOf(value, locale, { yes: t("yes"), no: t("no") })}</bdi>;
}
