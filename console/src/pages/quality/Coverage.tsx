// What the dataset holds, counted over all its cells: how many have a value, and why others have none.
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { MissingMark } from "~/parts/marks.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { usePercent } from "./EstimateText.tsx";
import { reasonsOf, shareOf } from "./figures.ts";

export function Coverage({ projectId }: { projectId: string }) {
  const t = useTranslations("quality.coverage");
  const statistics = api.useQuery("get", "/v1/projects/{project_id}/dataset/statistics", {
    params: { path: { project_id: projectId } },
  });
  return (
    <section aria-labelledby="coverage">
      <h3 id="coverage">{t("title")}</h3>
      <p className="quiet">{t("what")}</p>
      <Loaded query={statistics}>
        {({ items }) => (items.length > 0 ? <Counts items={items} /> : <p>{t("none")}</p>)}
      </Loaded>
    </section>
  );
}

function Counts({ items }: { items: readonly Schema<"VariableStatistics">[] }) {
  const t = useTranslations("quality.coverage");
  const format = useFormatter();
  const percent = usePercent();
  const reasons = reasonsOf(items) as Schema<"MissingReason">[];
  return (
    <Scroll label={t("title")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("variable")}</th>
            <th scope="col" className="number">
              {t("cells")}
            </th>
            <th scope="col" className="number">
              {t("answered")}
            </th>
            {reasons.map((reason) => (
              <th key={reason} scope="col" className="number">
                <MissingMark reason={reason} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ variable, units, answered, missing }) => {
            const share = shareOf(answered, units);
            return (
              <tr key={variable}>
                <th scope="row">
                  <bdi>{variable}</bdi>
                </th>
                <td className="number">{format.number(units)}</td>
                <td className="number">
                  {share === null ? answered : t("share", { count: answered, percent: percent(share) })}
                </td>
                {reasons.map((reason) => (
                  <td key={reason} className="number">
                    {missing[reason] ?? 0}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
