// The words of all cells of the grid, made once for thousands of them.
import { useMemo } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { textOf, type Value } from "~/parts/values.ts";

export type CellTexts = ReturnType<typeof useCellTexts>;

/** What cells and rows say; `withPercent`: whether the confidence stands in each cell as a number. */
export function useCellTexts(withPercent: boolean) {
  const common = useTranslations("common");
  const words = useTranslations("words");
  const t = useTranslations("grid");
  const locale = useLocale();
  const format = useFormatter();
  return useMemo(() => {
    const yesNo = { yes: common("yes"), no: common("no") };
    const word = (key: string, other: string) =>
      words.has(key as Parameters<typeof words>[0]) ? words(key as Parameters<typeof words>[0]) : other;
    const percent = (of: number) => format.number(of, { style: "percent", maximumFractionDigits: 0 });
    return {
      withPercent,
      percent,
      value: (value: Value) => textOf(value, locale, yesNo),
      missing: (reason: Schema<"MissingReason">) => words(`missing.${reason}`),
      verdict: (verdict: Schema<"Verdict">) => words(`verdict.${verdict}`),
      stale: (reason: string) => word(`stale.${reason}`, words("stale.OTHER")),
      flags: (flags: readonly string[]) => flags.map((flag) => word(`flag.${flag}`, flag)).join(", "),
      flagged: words("status.FLAGGED"),
      failed: words("status.FAILED"),
      corrected: words("origin.CORRECTED"),
      confidence: (of: number) => words("confidence", { percent: percent(of) }),
      loading: t("loadingRow"),
      entity: (name: string, entity: string) => `${name} · ${entity}`,
    };
  }, [common, words, t, locale, format, withPercent]);
}
