// An estimate in words: the share, its interval, the cells that it rests on.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";

/** Shares in percent, as the language writes them. */
export function usePercent(): (share: number) => string {
  const format = useFormatter();
  return (share) => format.number(share, { style: "percent", maximumFractionDigits: 0 });
}

export function EstimateText({ of }: { of: Schema<"Estimate"> }) {
  const t = useTranslations("quality");
  const percent = usePercent();
  const { value, low, high, cells } = of;
  return <span>{t("estimate", { value: percent(value), low: percent(low), high: percent(high), cells })}</span>;
}
