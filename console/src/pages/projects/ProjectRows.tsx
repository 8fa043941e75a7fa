// Some projects in the list, with what goes on in each.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { lookAgain } from "~/api/polling.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { moneyOf } from "~/pages/run/amounts.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { Mark } from "~/parts/marks.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { unreadOf } from "~/parts/reading.ts";
import { useList } from "~/parts/useList.ts";
import style from "./ProjectsPage.module.css";

const SOON = 3_000;

export function ProjectRows({ projects }: { projects: readonly Schema<"Project">[] }) {
  const query = { project_ids: projects.map((project) => project.id) };
  const counts = api.useQuery(
    "get",
    "/v1/document-counts",
    { params: { query } },
    lookAgain<Schema<"CountDocumentsResponse">>(({ items }) => (items.some((one) => unreadOf(one)) ? SOON : false)),
  );
  const activity = api.useQuery(
    "get",
    "/v1/project-activity",
    { params: { query } },
    lookAgain<Schema<"ListProjectActivityResponse">>(({ items }) =>
      items.some((one) => one.active_job) ? SOON : false,
    ),
  );
  const { mayEdit } = useRights();
  const error = counts.error ?? activity.error;
  return (
    <tbody>
      {error !== null && (
        <tr>
          <td colSpan={8}>
            <ProblemNotice error={error} />
          </td>
        </tr>
      )}
      {projects.map((project) => (
        <ProjectRow
          key={project.id}
          project={project}
          counts={counts.data?.items.find((one) => one.project_id === project.id)}
          activity={activity.data?.items.find((one) => one.project_id === project.id)}
          mayEdit={mayEdit}
        />
      ))}
    </tbody>
  );
}

interface Known {
  project: Schema<"Project">;
  /** Absent until they are there. */
  counts: Schema<"DocumentCounts"> | undefined;
  activity: Schema<"ProjectActivity"> | undefined;
  mayEdit: boolean;
}

function ProjectRow({ project, counts, activity, mayEdit }: Known) {
  const t = useTranslations("projects");
  const format = useFormatter();
  const documents = Object.values(counts?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <tr>
      <th scope="row" className={style.name}>
        <Link to="/projects/$projectId" params={{ projectId: project.id }}>
          <bdi>{project.name}</bdi>
        </Link>
      </th>
      <td>
        <Progress project={project} activity={activity} />
      </td>
      <td className="number">{counts && format.number(documents)}</td>
      <td className="number">{activity && format.number(activity.rows)}</td>
      <td className="number">{activity && format.number(activity.reviewed_cells)}</td>
      <td className="number">{activity && <Spend activity={activity} />}</td>
      <td>
        {project.seen_at
          ? format.dateTime(new Date(project.seen_at), { dateStyle: "medium", timeStyle: "short" })
          : t("never")}
      </td>
      {mayEdit && (
        <td>
          <Delete project={project} documents={documents} />
        </td>
      )}
    </tr>
  );
}

const JOBS = {
  PENDING: ["…", "quiet"],
  PROCESSING: ["▶", "quiet"],
  PAUSED: ["‖", "doubt"],
  COMPLETE: ["✓", "good"],
  FAILED: ["✕", "bad"],
  CANCELLED: ["■", "quiet"],
} as const;

/** The job under way with how far it is, else where the project stands. */
function Progress({ project, activity }: Pick<Known, "project" | "activity">) {
  const t = useTranslations("projects");
  const words = useTranslations("words");
  const format = useFormatter();
  const list = useList();
  const job = activity?.active_job;
  if (!job)
    return <Mark shape={project.status === "COMPLETE" ? "✓" : "○"} text={t(`status.${project.status}`)} tone="quiet" />;
  const [shape, tone] = JOBS[job.status];
  const percent = format.number(job.progress / 100, { style: "percent", maximumFractionDigits: 0 });
  return (
    <Link to="/projects/$projectId/run" params={{ projectId: project.id }} className={style.job}>
      <Mark
        shape={shape}
        text={`${words(`kind.${job.kind}`)}: ${list([words(`job.${job.status}`), percent])}`}
        tone={tone}
      />
      <progress max={100} value={job.progress} aria-label={t("progressOf", { name: project.name })} />
    </Link>
  );
}

/** Of this month and in all: in dollars where prices are known, else in tokens. */
function Spend({ activity }: { activity: Schema<"ProjectActivity"> }) {
  const t = useTranslations("projects");
  const format = useFormatter();
  const locale = useLocale();
  const dollars = (value: number) => moneyOf(value, "USD", locale);
  const tokens = (value: number) => t("tokens", { count: format.number(value, { notation: "compact" }) });
  const [month, all] = activity.cost
    ? [dollars(activity.cost_of_month), dollars(activity.cost)]
    : [tokens(activity.tokens_of_month), tokens(activity.tokens)];
  if (!activity.cost && !activity.tokens) return <span className="quiet">{t("nothingSpent")}</span>;
  return <span title={t("spendExactly", { month, all })}>{all}</span>;
}

function Delete({ project, documents }: { project: Schema<"Project">; documents: number }) {
  const t = useTranslations("projects");
  const common = useTranslations("common");
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => client.DELETE("/v1/projects/{project_id}", { params: { path: { project_id: project.id } } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["get", "/v1/projects"] }),
  });
  return (
    <>
      <Confirm
        trigger={
          <Button
            className="react-aria-Button plain"
            isDisabled={remove.isPending}
            aria-label={t("deleteNamed", { name: project.name })}
          >
            {common("delete")}
          </Button>
        }
        title={t("deleteTitle", { name: project.name })}
        label={common("delete")}
        act={() => remove.mutate()}
      >
        <p>{t("deleteText", { count: documents })}</p>
      </Confirm>
      {remove.error !== null && <ProblemNotice error={remove.error} />}
    </>
  );
}
