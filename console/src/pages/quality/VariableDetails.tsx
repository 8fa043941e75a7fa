// One variable in detail: what is false and missed, its categories, its calibration, agreement.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";
import { textOf } from "~/parts/values.ts";
import { Calibration } from "./CalibrationChart.tsx";
import { ConfusionTable } from "./ConfusionTable.tsx";
import { EstimateText } from "./EstimateText.tsx";

export function VariableDetails({ of }: { of: Schema<"VariableQuality"> }) {
  const t = useTranslations("quality");
  const { accuracy, false_values, missed_values, categories, confusion, calibration, agreement } = of;
  if (!accuracy && agreement.length === 0) return <p>{t("details.none")}</p>;
  return (
    <div className="stack">
      <ul>
        {false_values && (
          <li>
            {t("details.false")} <EstimateText of={false_values} />
          </li>
        )}
        {missed_values && (
          <li>
            {t("details.missed")} <EstimateText of={missed_values} />
          </li>
        )}
        {accuracy && accuracy.more_cells > 0 && <li>{t("details.more", { count: accuracy.more_cells })}</li>}
      </ul>
      {categories.length > 0 && <Categories of={categories} />}
      {confusion.length > 0 && (
        <section>
          <h4>{t("confusion.title")}</h4>
          <ConfusionTable confused={confusion} />
        </section>
      )}
      {calibration.length > 0 && (
        <section>
          <h4>{t("calibration.title")}</h4>
          <p className="quiet">{t("calibration.what")}</p>
          <Calibration bins={calibration} />
        </section>
      )}
      {agreement.length > 0 && <Agreements of={agreement} />}
    </div>
  );
}

function Categories({ of }: { of: readonly Schema<"CategoryQuality">[] }) {
  const t = useTranslations("quality.categories");
  const common = useTranslations("common");
  return (
    <section>
      <h4>{t("title")}</h4>
      <Scroll label={t("title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("category")}</th>
              <th scope="col">{t("precision")}</th>
              <th scope="col">{t("recall")}</th>
              <th scope="col">{t("f1")}</th>
            </tr>
          </thead>
          <tbody>
            {of.map(({ value, precision, recall, f1 }) => (
              <tr key={String(value)}>
                <th scope="row">
                  <bdi>{textOf(value, "en", { yes: common("yes"), no: common("no") })}</bdi>
                </th>
                {[precision, recall, f1].map((estimate, at) => (
                  <td key={["precision", "recall", "f1"][at]}>{estimate ? <EstimateText of={estimate} /> : "–"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Agreements({ of }: { of: readonly Schema<"Agreement">[] }) {
  const t = useTranslations("quality.agreement");
  const format = useFormatter();
  const coefficient = (value: number | null) =>
    value === null ? "–" : format.number(value, { maximumFractionDigits: 2, minimumFractionDigits: 2 });
  return (
    <section>
      <h4>{t("title")}</h4>
      <p className="quiet">{t("what")}</p>
      <Scroll label={t("title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("between")}</th>
              <th scope="col">{t("percent")}</th>
              <th scope="col" className="number">
                {t("kappa")}
              </th>
              <th scope="col" className="number">
                {t("alpha")}
              </th>
            </tr>
          </thead>
          <tbody>
            {of.map((one) => (
              <tr key={one.between}>
                <th scope="row">{one.between === "MODEL" ? t("MODEL") : t("PEOPLE")}</th>
                <td>
                  <EstimateText of={one.percent} />
                </td>
                <td className="number">{coefficient(one.cohen_kappa)}</td>
                <td className="number">
                  {coefficient(one.krippendorff_alpha?.value ?? null)}
                  {one.krippendorff_alpha &&
                    ` (${t("fromTo", {
                      from: coefficient(one.krippendorff_alpha.low),
                      to: coefficient(one.krippendorff_alpha.high),
                    })})`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
