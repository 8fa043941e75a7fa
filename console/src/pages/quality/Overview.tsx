// How often the model is right, variable by variable: a chart whose rows are a table.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";
import { usePercent } from "./EstimateText.tsx";
import { Whisker } from "./Whisker.tsx";

export function Overview({ items }: { items: readonly Schema<"VariableQuality">[] }) {
  const t = useTranslations("quality");
  return (
    <section aria-labelledby="accuracy">
      <h3 id="accuracy">{t("accuracy.title")}</h3>
      <p className="quiet">{t("accuracy.what")}</p>
      <Scroll label={t("accuracy.title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("variable")}</th>
              <th scope="col">
                <span className="spoken">{t("accuracy.chart")}</span>
                <span aria-hidden="true" dir="ltr">
                  {t("accuracy.axis")}
                </span>
              </th>
              <th scope="col" className="number">
                {t("accuracy.value")}
              </th>
              <th scope="col" className="number">
                {t("accuracy.interval")}
              </th>
              <th scope="col" className="number">
                {t("accuracy.judged")}
              </th>
              <th scope="col" className="number">
                {t("accuracy.notCovered")}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <Row key={one.variable} of={one} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Row({ of }: { of: Schema<"VariableQuality"> }) {
  const t = useTranslations("quality");
  const format = useFormatter();
  const percent = usePercent();
  const { variable, accuracy, judged, cells, not_covered } = of;
  return (
    <tr>
      <th scope="row">
        <bdi>{variable}</bdi>
      </th>
      <td>{accuracy ? <Whisker of={accuracy} /> : <span className="quiet">{t("accuracy.none")}</span>}</td>
      <td className="number">{accuracy && percent(accuracy.value)}</td>
      <td className="number">{accuracy && t("fromTo", { from: percent(accuracy.low), to: percent(accuracy.high) })}</td>
      <td className="number">{t("of", { part: judged, whole: cells })}</td>
      <td className="number">{format.number(not_covered)}</td>
    </tr>
  );
}
