// What estimates rest on: the samples that were drawn, how, and how far they are judged.
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";

export function Samples({ samples, projectId }: { samples: readonly Schema<"ReviewSample">[]; projectId: string }) {
  const t = useTranslations("quality.samples");
  const draw = useTranslations("quality.draw");
  const format = useFormatter();
  const [newest] = samples;
  return (
    <section className="stack" aria-labelledby="samples">
      <h3 id="samples">{t("title")}</h3>
      <Scroll label={t("title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("drawn")}</th>
              <th scope="col">{t("design")}</th>
              <th scope="col">{t("blind")}</th>
              <th scope="col" className="number">
                {t("of")}
              </th>
              <th scope="col" className="number">
                {t("judged")}
              </th>
            </tr>
          </thead>
          <tbody>
            {samples.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  {format.dateTime(new Date(one.created_at), { dateStyle: "medium", timeStyle: "short" })}
                </th>
                <td>{draw(one.design)}</td>
                <td>{one.blind ? t("isBlind") : t("isOpen")}</td>
                <td className="number">{t("sizeOf", { size: one.size, population: one.population })}</td>
                <td className="number">{t("judgedOf", { judged: one.judged, size: one.size })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {newest && newest.judged < newest.size && (
        <div>
          <Link to="/projects/$projectId/review" params={{ projectId }} search={{ queue: "measure" }}>
            {t("goOn", { count: newest.size - newest.judged })}
          </Link>
        </div>
      )}
    </section>
  );
}
