// What a run has found, by variable, and pages that could not be read.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { Confidence, MissingMark } from "~/parts/marks.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import style from "./RunPage.module.css";
import { isOver, type Job } from "./watched.ts";

/** While the run goes on it is shown when it is asked for, as it is counted anew each time. */
export function JobResult({ job }: { job: Job }) {
  const t = useTranslations("run");
  const [isOpen, setOpen] = useState(false);
  const isShown = isOver(job);
  return (
    <details className={style.fold} open={isShown || isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("result.title")}</summary>
      {(isShown || isOpen) && <Result job={job} />}
    </details>
  );
}

function Result({ job }: { job: Job }) {
  const t = useTranslations("run");
  const init = { params: { path: { job_id: job.id } } };
  const statistics = api.useQuery("get", "/v1/jobs/{job_id}/statistics", init);
  return (
    <Loaded query={statistics}>
      {({ items, unread_pages, unsure_pages }) => (
        <div className="stack">
          <Scroll label={t("result.title")}>
            <table className={style.table}>
              <thead>
                <tr>
                  <th scope="col">{t("result.variable")}</th>
                  <th scope="col" className="number">
                    {t("result.answered")}
                  </th>
                  <th scope="col" className="number">
                    {t("result.flagged")}
                  </th>
                  <th scope="col">{t("result.confidence")}</th>
                  <th scope="col">{t("result.missing")}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((one) => (
                  <VariableRow key={one.variable} one={one} />
                ))}
              </tbody>
            </table>
          </Scroll>
          <Pages title={t("result.unread")} of={unread_pages} projectId={job.project_id} />
          <Pages title={t("result.unsure")} of={unsure_pages} projectId={job.project_id} />
        </div>
      )}
    </Loaded>
  );
}

function VariableRow({ one }: { one: Schema<"VariableStatistics"> }) {
  const t = useTranslations("run");
  const format = useFormatter();
  const missing = Object.entries(one.missing) as [Schema<"MissingReason">, number][];
  return (
    <tr>
      <th scope="row">
        <bdi>{one.variable}</bdi>
      </th>
      <td className={`number ${style.count}`}>
        {t("result.ofUnits", { answered: format.number(one.answered), units: format.number(one.units) })}
      </td>
      <td className="number">{format.number(one.flagged)}</td>
      <td>{one.answered > 0 && <Confidence of={one.mean_confidence} />}</td>
      <td>
        <div className="row">
          {missing.map(([reason, count]) => (
            <span key={reason}>
              <MissingMark reason={reason} /> {format.number(count)}
            </span>
          ))}
        </div>
      </td>
    </tr>
  );
}

function Pages({ title, of, projectId }: { title: string; of: Schema<"UnreadPages">[]; projectId: string }) {
  const format = useFormatter();
  if (of.length === 0) return null;
  return (
    <div>
      <h4>{title}</h4>
      <ul>
        {of.map(({ document_id, document_name, pages }) => (
          <li key={document_id}>
            <Link to="/projects/$projectId/documents/$documentId" params={{ projectId, documentId: document_id }}>
              <bdi>{document_name}</bdi>
            </Link>
            : {format.list(pages.map((page) => format.number(page)))}
          </li>
        ))}
      </ul>
    </div>
  );
}
