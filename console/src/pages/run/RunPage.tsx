// Running a project: what would be coded and what it costs, then the run as it happens, and the runs of before.
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { queries } from "~/api/queries.ts";
import { useRights } from "~/api/session.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { JobList } from "./JobList.tsx";
import { JobView } from "./JobView.tsx";
import { NewRun } from "./NewRun.tsx";
import { useJobs } from "./queries.ts";
import style from "./RunPage.module.css";
import { jobQuery } from "./use-watched-job.ts";
import { isOver, type Job } from "./watched.ts";

const route = getRouteApi("/inside/projects/$projectId/run");

export function RunPage() {
  const { projectId } = route.useParams();
  const { job } = route.useSearch();
  const jobs = useJobs(projectId);
  return (
    <div className={style.page}>
      {job ? (
        <OneRun jobId={job} />
      ) : (
        <Loaded query={jobs}>{({ pages }) => <Begin jobs={pages.flatMap(itemsOf)} />}</Loaded>
      )}
      <JobList jobs={jobs} shown={job} />
    </div>
  );
}

const itemsOf = (page: { items: Job[] }) => page.items.map(asKnown);

/** The list may not tell yet that a run is over that was just followed to its end. */
function asKnown(job: Job): Job {
  const followed = queries.getQueryData<Job>(jobQuery(job.id).queryKey);
  return followed && isOver(followed) ? followed : job;
}

/** The run that goes on, or what a new one would be. */
function Begin({ jobs }: { jobs: Job[] }) {
  const t = useTranslations("run");
  const { mayEdit } = useRights();
  const { projectId } = route.useParams();
  const { sample } = route.useSearch();
  const active = jobs.find((job) => !isOver(job) && job.kind !== "TRIAL");
  if (active) {
    return <Navigate to="/projects/$projectId/run" params={{ projectId }} search={{ job: active.id }} replace />;
  }
  return (
    <section className="stack" aria-labelledby="new-run">
      <h2 id="new-run">{t("new")}</h2>
      {mayEdit ? <NewRun projectId={projectId} jobs={jobs} sampleSize={sample} /> : <p>{t("viewersLook")}</p>}
    </section>
  );
}

function OneRun({ jobId }: { jobId: string }) {
  const t = useTranslations("run");
  const { mayEdit } = useRights();
  const { projectId } = route.useParams();
  return (
    <section className="stack" aria-labelledby="this-run">
      <div className="row spread">
        <h2 id="this-run" className={style.heading}>
          {t("title")}
        </h2>
        {mayEdit && (
          <Link to="/projects/$projectId/run" params={{ projectId }} search={{}}>
            {t("another")}
          </Link>
        )}
      </div>
      <JobView key={jobId} jobId={jobId} projectId={projectId} />
    </section>
  );
}
