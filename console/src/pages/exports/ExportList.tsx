// The exports of a project, with their files; one that is being written shows how far it is.
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { FilterChips } from "~/parts/FilterChips.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { Mark } from "~/parts/marks.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import style from "./ExportsPage.module.css";
import { addressOf, sizeOf } from "./formats.ts";
import { useEndExport, useExports } from "./queries.ts";

type Export = Schema<"Export">;

export function ExportList({ projectId }: { projectId: string }) {
  const t = useTranslations("exports");
  const tc = useTranslations("common");
  const exports = useExports(projectId);
  const params = { path: { project_id: projectId } };
  const variables = api.useQuery("get", "/v1/projects/{project_id}/variables", { params });
  return (
    <Loaded query={exports}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <p className="quiet">{t("empty")}</p>;
        return (
          <>
            <ul className={style.list}>
              {items.map((one) => (
                <li key={one.id}>
                  <OneExport one={one} variables={variables.data?.items ?? []} />
                </li>
              ))}
            </ul>
            {exports.hasNextPage && (
              <div>
                <Button onPress={() => exports.fetchNextPage()} isDisabled={exports.isFetchingNextPage}>
                  {tc("more")}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const STATES = {
  PENDING: ["…", "quiet"],
  COMPLETE: ["✓", "good"],
  FAILED: ["✕", "bad"],
  CANCELLED: ["⊘", "quiet"],
  EXPIRED: ["⌛", "quiet"],
} as const;

function OneExport({ one, variables }: { one: Export; variables: readonly Schema<"Variable">[] }) {
  const t = useTranslations("exports");
  const format = useFormatter();
  const [shape, tone] = STATES[one.status];
  return (
    <article className={`card ${style.export}`} aria-labelledby={`export-${one.id}`}>
      <div className="row spread">
        <h3 id={`export-${one.id}`}>
          <bdi>{t(`formats.${one.format}.name`)}</bdi> ·{" "}
          <bdi>{format.dateTime(new Date(one.created_at), { dateStyle: "medium", timeStyle: "short" })}</bdi>
        </h3>
        <span role="status">
          <Mark shape={shape} tone={tone} text={t(`states.${one.status}`)} />
        </span>
      </div>
      <p className="quiet">
        {one.job_id ? t("ofJob") : t("dataset")}
        {one.status === "COMPLETE" && <> · {t("rows", { count: one.row_count })}</>}
        {one.expires_at && (
          <>
            {" · "}
            {t(one.status === "EXPIRED" ? "expired" : "expires", {
              when: format.dateTime(new Date(one.expires_at), { dateStyle: "medium" }),
            })}
          </>
        )}
      </p>
      {one.choice && <FilterChips filters={one.choice.filter} variables={variables} />}
      {one.status === "PENDING" && (
        <progress className={style.progress} max={100} value={one.progress} aria-label={t("progress")} />
      )}
      {one.status === "FAILED" && (
        <p dir="auto" lang="en">
          {one.error}
        </p>
      )}
      {one.files.length > 0 && <Files one={one} />}
      {one.notes.length > 0 && <Notes notes={one.notes} />}
      <Acts one={one} />
    </article>
  );
}

function Files({ one }: { one: Export }) {
  const t = useTranslations("exports");
  const locale = useLocale();
  return (
    <Scroll label={t("file")}>
      <table className={style.table} aria-labelledby={`export-${one.id}`}>
        <thead>
          <tr>
            <th scope="col">{t("file")}</th>
            <th scope="col">{t("role")}</th>
            <th scope="col" className="number">
              {t("size")}
            </th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {one.files.map((file) => (
            <tr key={file.name}>
              <th scope="row">
                {one.status === "COMPLETE" ? (
                  <a href={addressOf(one.id, file.name)} download={file.name}>
                    <bdi>{file.name}</bdi>
                  </a>
                ) : (
                  <bdi>{file.name}</bdi>
                )}
              </th>
              <td>{t(`roles.${file.role}`)}</td>
              <td className="number">{sizeOf(file.size, locale)}</td>
              <td>
                <code dir="ltr" className={style.hash}>
                  {file.sha256}
                </code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  const t = useTranslations("exports");
  return (
    <details className={style.fold}>
      <summary>{t("notes", { count: notes.length })}</summary>
      <ul>
        {notes.map((note) => (
          <li key={note} dir="auto" lang="en">
            {note}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Acts({ one }: { one: Export }) {
  const t = useTranslations("exports");
  const tc = useTranslations("common");
  const { mayEdit } = useRights();
  const end = useEndExport();
  if (!mayEdit) return null;
  return (
    <>
      <div className="row">
        {one.status === "PENDING" && (
          <Button onPress={() => end.mutate({ id: one.id, act: "cancel" })}>{t("cancel")}</Button>
        )}
        <Confirm
          trigger={<Button className="react-aria-Button danger">{tc("delete")}</Button>}
          title={t("deleteTitle")}
          label={tc("delete")}
          act={() => end.mutate({ id: one.id, act: "delete" })}
        >
          <p>{t("deleteAbout")}</p>
        </Confirm>
      </div>
      {end.error !== null && <ProblemNotice error={end.error} />}
    </>
  );
}
