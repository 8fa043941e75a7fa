// The words of all cells of the grid, made once for thousands of them.
import { useMemo } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { useList } from "~/parts/useList.ts";
import { textOf, type Value } from "~/parts/values.ts";

export type CellTexts = ReturnType<typeof useCellTexts>;

/** What cells and rows say; `withPercent`: whether the confidence stands in each cell as a number. */
export function useCellTexts(withPercent: boolean) {
  const common = useTranslations("common");
  const words = useTranslations("words");
  const t = useTranslations("grid");
  const locale = useLocale();
  const format = useFormatter();
  const list = useList();
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
      flags: (flags: readonly string[]) => list(flags.map((flag) => word(`flag.${flag}`, flag))),
      list,
      flagged: words("status.FLAGGED"),
      failed: words("status.FAILED"),
      corrected: words("origin.CORRECTED"),
      /** Where the number stands beside the value, the cell's name has the two as they are seen. */
      confidence: (of: number) => (withPercent ? percent(of) : words("confidence", { percent: percent(of) })),
      loading: t("loadingRow"),
      entity: (name: string, entity: string) => `${name} · ${entity}`,
    };
  }, [common, words, t, locale, format, list, withPercent]);
}
