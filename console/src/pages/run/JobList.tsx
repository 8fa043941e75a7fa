// The runs of a project, newest first.
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { Loaded } from "~/parts/Loaded.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { moneyOf } from "./amounts.ts";
import { JobState } from "./JobState.tsx";
import type { useJobs } from "./queries.ts";
import style from "./RunPage.module.css";
import type { Job } from "./watched.ts";

const route = getRouteApi("/inside/projects/$projectId/run");

/** `shown`: the run that the page shows. */
export function JobList({ jobs, shown }: { jobs: ReturnType<typeof useJobs>; shown: string | undefined }) {
  const t = useTranslations("run");
  const tc = useTranslations("common");
  return (
    <section className="stack" aria-labelledby="runs">
      <h2 id="runs">{t("list.title")}</h2>
      <Loaded query={jobs}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? <p className="quiet">{t("list.empty")}</p> : <Table jobs={items} shown={shown} />;
        }}
      </Loaded>
      {jobs.hasNextPage && (
        <div>
          <Button onPress={() => jobs.fetchNextPage()} isPending={jobs.isFetchingNextPage}>
            {tc("more")}
          </Button>
        </div>
      )}
    </section>
  );
}

function Table({ jobs, shown }: { jobs: readonly Job[]; shown: string | undefined }) {
  const t = useTranslations("run");
  return (
    <Scroll label={t("list.title")}>
      <table className={style.table} aria-labelledby="runs">
        <thead>
          <tr>
            <th scope="col">{t("list.begun")}</th>
            <th scope="col">{t("list.state")}</th>
            <th scope="col">{t("list.kind")}</th>
            <th scope="col" className="number">
              {t("list.documents")}
            </th>
            <th scope="col" className="number">
              {t("facts.failed")}
            </th>
            <th scope="col" className="number">
              {t("facts.cost")}
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row key={job.id} job={job} isShown={job.id === shown} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ job, isShown }: { job: Job; isShown: boolean }) {
  const words = useTranslations("words");
  const format = useFormatter();
  const locale = useLocale();
  const { projectId } = route.useParams();
  return (
    <tr aria-current={isShown || undefined}>
      <th scope="row">
        <Link to="/projects/$projectId/run" params={{ projectId }} search={{ job: job.id }}>
          {format.dateTime(new Date(job.created_at), { dateStyle: "medium", timeStyle: "short" })}
        </Link>
      </th>
      <td>
        <JobState status={job.status} />
      </td>
      <td>{words(`kind.${job.kind}`)}</td>
      <td className="number">{format.number(job.documents_total)}</td>
      <td className="number">{format.number(job.documents_failed)}</td>
      <td className="number">{job.cost === null ? "–" : moneyOf(job.cost, "USD", locale)}</td>
    </tr>
  );
}
