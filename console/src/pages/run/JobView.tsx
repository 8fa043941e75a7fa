// One run as it happens: how far it is, what it takes, what went wrong, what can be done.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { durationOf, moneyOf } from "./amounts.ts";
import { JobActions } from "./JobActions.tsx";
import { JobFailures } from "./JobFailures.tsx";
import { JobLog } from "./JobLog.tsx";
import { JobResult } from "./JobResult.tsx";
import { JobState } from "./JobState.tsx";
import { PausedNotice } from "./PausedNotice.tsx";
import style from "./RunPage.module.css";
import { useWatchedJob } from "./use-watched-job.ts";
import { counts, isOver, type Job } from "./watched.ts";

export function JobView({ jobId, projectId }: { jobId: string; projectId: string }) {
  const t = useTranslations("run");
  const { query, events, isConnected } = useWatchedJob(jobId);
  return (
    <Loaded query={query}>
      {(job) => (
        <div className="stack">
          <p className={style.lost} role="status">
            {!isConnected && t("lost")}
          </p>
          <div className="card stack">
            <JobHead job={job} />
            <Progress job={job} />
            <Facts job={job} projectId={projectId} />
            {job.status === "PAUSED" && <PausedNotice job={job} projectId={projectId} />}
            {job.status === "FAILED" && (
              <p dir="auto" lang="en">
                {job.status_reason}
              </p>
            )}
            <JobActions job={job} />
          </div>
          {isOver(job) && <NextSteps job={job} projectId={projectId} />}
          <JobFailures job={job} projectId={projectId} />
          {job.documents_processed > 0 && <JobResult job={job} />}
          <JobLog jobId={jobId} came={events} />
        </div>
      )}
    </Loaded>
  );
}

function JobHead({ job }: { job: Job }) {
  const t = useTranslations("run");
  const words = useTranslations("words");
  const format = useFormatter();
  return (
    <div className="row spread">
      <div role="status" className="row">
        <JobState status={job.status} />
        <span>
          {words(`kind.${job.kind}`)} · {t("ofDocuments", { count: job.documents_total })}
        </span>
      </div>
      <span className="quiet">
        <bdi>{format.dateTime(new Date(job.created_at), { dateStyle: "medium", timeStyle: "short" })}</bdi> ·{" "}
        <bdi>{job.model}</bdi>
      </span>
    </div>
  );
}

function Progress({ job }: { job: Job }) {
  const t = useTranslations("run");
  const format = useFormatter();
  const { done, failed } = counts(job);
  const total = Math.max(1, job.documents_total);
  const percent = format.number(job.progress / 100, { style: "percent", maximumFractionDigits: 0 });
  return (
    <div className={style.bar}>
      <div
        className={style.track}
        role="progressbar"
        aria-label={t("progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(job.progress)}
        aria-valuetext={percent}
      >
        <div className={style.filled} style={{ inlineSize: `${(100 * done) / total}%` }} />
        <div className={style.failed} style={{ inlineSize: `${(100 * failed) / total}%` }} />
      </div>
      <span className="quiet">{percent}</span>
    </div>
  );
}

function Facts({ job, projectId }: { job: Job; projectId: string }) {
  const t = useTranslations("run");
  const format = useFormatter();
  const locale = useLocale();
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  const { done, failed, left, perMinute } = counts(job);
  const budget = project.data?.token_budget ?? 0;
  const facts: [string, ReactNode][] = [
    [t("facts.done"), format.number(done)],
    [t("facts.failed"), format.number(failed)],
    [t("facts.left"), format.number(left)],
  ];
  if (job.eta_seconds !== null) facts.push([t("facts.eta"), durationOf(job.eta_seconds, locale)]);
  if (perMinute !== null) facts.push([t("facts.pace"), format.number(perMinute, { maximumFractionDigits: 1 })]);
  const took = job.started_at && job.finished_at && Date.parse(job.finished_at) - Date.parse(job.started_at);
  if (took) facts.push([t("facts.took"), durationOf(took / 1000, locale)]);
  facts.push(
    [t("facts.tokensIn"), format.number(job.tokens_in)],
    [t("facts.tokensOut"), format.number(job.tokens_out)],
  );
  facts.push([t("facts.cost"), job.cost === null ? t("facts.noPrice") : moneyOf(job.cost, "USD", locale)]);
  if (budget > 0) facts.push([t("facts.budget"), t("facts.tokens", { count: budget })]);
  return (
    <dl className={style.facts}>
      {facts.map(([name, amount]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{amount}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Where a person goes from a run that is over. */
function NextSteps({ job, projectId }: { job: Job; projectId: string }) {
  const t = useTranslations("run");
  const params = { projectId };
  return (
    <nav aria-label={t("next.title")} className={style.next}>
      <h3>{t("next.title")}</h3>
      <ul>
        <li>
          <Link to="/projects/$projectId/data" params={params}>
            {t("next.data")}
          </Link>
        </li>
        <li>
          <Link to="/projects/$projectId/review" params={params}>
            {t("next.review")}
          </Link>
        </li>
        <li>
          <Link to="/projects/$projectId/quality" params={params}>
            {t("next.quality")}
          </Link>
        </li>
        <li>
          {job.kind === "SAMPLE" ? (
            <>
              <Link to="/projects/$projectId/run" params={params} search={{}}>
                {t("next.full")}
              </Link>
              <span className="quiet"> {t("next.fullAbout")}</span>
            </>
          ) : (
            <Link to="/projects/$projectId/exports" params={params}>
              {t("next.export")}
            </Link>
          )}
        </li>
      </ul>
    </nav>
  );
}
