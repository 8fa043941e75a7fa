// The documents of a run that could not be coded, each once, with the reason.
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Loaded } from "~/parts/Loaded.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { useFailures } from "./queries.ts";
import style from "./RunPage.module.css";
import { counts, type Job } from "./watched.ts";

export function JobFailures({ job, projectId }: { job: Job; projectId: string }) {
  const t = useTranslations("run");
  const { failed } = counts(job);
  if (failed === 0) return null;
  return (
    <section className="stack" aria-labelledby="failures">
      <h3 id="failures">{t("failures.title", { count: failed })}</h3>
      <p className="quiet">{t("failures.what")}</p>
      <Failures job={job} projectId={projectId} />
    </section>
  );
}

function Failures({ job, projectId }: { job: Job; projectId: string }) {
  const t = useTranslations("run");
  const tc = useTranslations("common");
  const failures = useFailures(job.id);
  return (
    <Loaded query={failures}>
      {({ pages }) => (
        <>
          <Scroll label={t("failures.title", { count: job.documents_failed })}>
            <table className={style.table} aria-labelledby="failures">
              <thead>
                <tr>
                  <th scope="col">{t("failures.document")}</th>
                  <th scope="col">{t("failures.reason")}</th>
                </tr>
              </thead>
              <tbody>
                {pages
                  .flatMap((page) => page.items)
                  .map((task) => (
                    <tr key={task.document_id}>
                      <th scope="row">
                        <Link
                          to="/projects/$projectId/documents/$documentId"
                          params={{ projectId, documentId: task.document_id }}
                        >
                          <bdi>{task.document_name}</bdi>
                        </Link>
                      </th>
                      <td className={style.reason} dir="auto" lang="en">
                        {task.error}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </Scroll>
          {failures.hasNextPage && (
            <div>
              <Button onPress={() => failures.fetchNextPage()} isPending={failures.isFetchingNextPage}>
                {tc("more")}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
