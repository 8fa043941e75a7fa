// Which category is taken for which: judged cells by what is right and what the model says.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";
import { textOf, type Value } from "~/parts/values.ts";
import style from "./charts.module.css";
import { confusionTable, shareOf } from "./figures.ts";

export function ConfusionTable({ confused }: { confused: readonly Schema<"ConfusedCells">[] }) {
  const t = useTranslations("quality.confusion");
  const format = useFormatter();
  const { labels, counts, totals } = confusionTable(confused);
  return (
    <Scroll label={t("title")}>
      <table>
        <caption className={style.caption}>{t("caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("corner")}</th>
            {labels.map((label) => (
              <th key={String(label)} scope="col">
                <Label of={label} />
              </th>
            ))}
            <th scope="col" className="number">
              {t("total")}
            </th>
          </tr>
        </thead>
        <tbody>
          {labels.map((right, row) => (
            <tr key={String(right)}>
              <th scope="row">
                <Label of={right} />
              </th>
              {labels.map((given, column) => {
                const count = counts[row]?.[column] ?? 0;
                const share = shareOf(count, totals[row] ?? 0) ?? 0;
                return (
                  <td
                    key={String(given)}
                    className={`${style.count} ${row === column ? style.same : ""}`}
                    style={{ "--share": share } as React.CSSProperties}
                  >
                    {format.number(count)}
                  </td>
                );
              })}
              <td className="number">{format.number(totals[row] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Label({ of }: { of: Value }) {
  const t = useTranslations("quality.confusion");
  const common = useTranslations("common");
  if (of === null) return <span className="quiet">{t("missing")}</span>;
  return <bdi>{textOf(of, "en", { yes: common("yes"), no: common("no") })}</bdi>;
}
