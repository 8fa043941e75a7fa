// The end of a queue: what was learnt, how sure that is, and what to do next.
import { Link } from "@tanstack/react-router";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { EstimateText } from "~/pages/quality/EstimateText.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { NothingCoded } from "~/parts/NothingCoded.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { isUnsent, type Outbox } from "./outbox.ts";
import { tallyOf } from "./queue.ts";
import style from "./ReviewPage.module.css";
import { useEntries } from "./sending.ts";
import type { Reviewing } from "./useReviewing.ts";

interface Shown {
  projectId: string;
  reviewing: Reviewing;
  outbox: Outbox;
  isMeasured: boolean;
}

export function Done({ projectId, reviewing, outbox, isMeasured }: Shown) {
  const t = useTranslations("review.done");
  const isAllSent = !useEntries(outbox).some(isUnsent);
  const tally = tallyOf(reviewing.judged);
  const quality = useQuality(projectId);
  if (quality.data?.items.every(({ cells }) => cells === 0)) return <NothingCoded projectId={projectId} />;
  return (
    <section className="card stack" aria-labelledby="done">
      <h3 id="done">{t(isMeasured ? "measured" : "repaired")}</h3>
      {!isMeasured && tally.length > 0 && (
        <>
          <p>{t("tally")}</p>
          <Tally tally={tally} />
        </>
      )}
      {isAllSent ? <Learnt projectId={projectId} /> : <p role="status">{t("unsent")}</p>}
      <Next projectId={projectId} />
    </section>
  );
}

function Tally({ tally }: { tally: ReturnType<typeof tallyOf> }) {
  const format = useFormatter();
  const t = useTranslations("review.done");
  return (
    <Scroll label={t("tally")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("variable")}</th>
            <th scope="col" className="number">
              {t("right")}
            </th>
            <th scope="col" className="number">
              {t("wrong")}
            </th>
          </tr>
        </thead>
        <tbody>
          {tally.map(({ variable, right, wrong }) => (
            <tr key={variable}>
              <th scope="row">
                <bdi>{variable}</bdi>
              </th>
              <td className="number">{format.number(right)}</td>
              <td className="number">{format.number(wrong)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const useQuality = (projectId: string) =>
  api.useQuery("get", "/v1/projects/{project_id}/quality", { params: { path: { project_id: projectId } } });

/** Estimates from drawn samples, the only ones that speak of the whole dataset. */
function Learnt({ projectId }: { projectId: string }) {
  const t = useTranslations("review.done");
  const quality = useQuality(projectId);
  return (
    <Loaded query={quality}>
      {({ items }) => {
        const measured = items.filter((one) => one.accuracy !== null);
        if (measured.length === 0) return <p>{t("nothingMeasured")}</p>;
        return (
          <>
            <p>{t("learnt")}</p>
            <ul>
              {measured.map(({ variable, accuracy }) => (
                <li key={variable}>
                  <bdi>{variable}</bdi>: {accuracy && <EstimateText of={accuracy} />}
                </li>
              ))}
            </ul>
          </>
        );
      }}
    </Loaded>
  );
}

function Next({ projectId }: { projectId: string }) {
  const t = useTranslations("review.done");
  const params = { projectId };
  return (
    <div>
      <h4>{t("next")}</h4>
      <ul className={style.next}>
        <li>
          <Link to="/projects/$projectId/prompts" params={params}>
            {t("refine")}
          </Link>
        </li>
        <li>
          <Link to="/projects/$projectId/run" params={params}>
            {t("renew")}
          </Link>
        </li>
        <li>
          <Link to="/projects/$projectId/quality" params={params}>
            {t("quality")}
          </Link>
        </li>
        <li>
          <Link to="/projects/$projectId/exports" params={params}>
            {t("export")}
          </Link>
        </li>
      </ul>
    </div>
  );
}
