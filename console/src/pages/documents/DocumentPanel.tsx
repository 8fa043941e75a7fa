// What is to be known of one document beside the list, and what can be done with it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { lookAgain } from "~/api/polling.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { isUnread, SOON } from "~/parts/reading.ts";
import style from "./DocumentsPage.module.css";
import { DocumentState } from "./DocumentTable.tsx";
import { languageOf, sizeOf } from "./queries.ts";
import { ReadAgain } from "./ReadAgain.tsx";
import { ReadingReport } from "./ReadingReport.tsx";

export function DocumentPanel({ documentId, close }: { documentId: string; close: () => void }) {
  const t = useTranslations("documents");
  const common = useTranslations("common");
  const path = { document_id: documentId };
  const document = api.useQuery(
    "get",
    "/v1/documents/{document_id}",
    { params: { path } },
    lookAgain<Schema<"Document">>((one) => (isUnread(one) ? SOON : false)),
  );
  return (
    <aside className={`card ${style.panel}`} aria-label={t("details")}>
      <Loaded query={document}>
        {(one) => (
          <div className="stack">
            <div className="row spread">
              <h3 className={style.file}>
                <bdi>{one.name}</bdi>
              </h3>
              <Button className="react-aria-Button plain" onPress={close}>
                {common("close")}
              </Button>
            </div>
            <Facts document={one} />
            {one.status === "FAILED" && (
              <p role="alert" className={style.failure} dir="auto" lang="en">
                {one.error_message}
              </p>
            )}
            <div className="row">
              <Link
                className={style.button}
                to="/projects/$projectId/documents/$documentId"
                params={{ projectId: one.project_id, documentId: one.id }}
              >
                {t("open")}
              </Link>
              <a className={style.button} href={`/v1/documents/${one.id}/file`} download>
                {t("download")}
              </a>
            </div>
            <ReadingReport documentId={one.id} version={`${one.status} ${one.text_version}`} />
            <Deeds document={one} close={close} />
          </div>
        )}
      </Loaded>
    </aside>
  );
}

function Facts({ document }: { document: Schema<"Document"> }) {
  const t = useTranslations("documents");
  const format = useFormatter();
  const locale = useLocale();
  return (
    <dl className={style.facts}>
      <dt>{t("state")}</dt>
      <dd>
        <DocumentState status={document.status} />
      </dd>
      <dt>{t("size")}</dt>
      <dd>{sizeOf(document.size, locale)}</dd>
      {document.language && (
        <>
          <dt>{t("language")}</dt>
          <dd>{languageOf(document.language, locale)}</dd>
        </>
      )}
      <dt>{t("uploaded")}</dt>
      <dd>{format.dateTime(new Date(document.created_at), { dateStyle: "medium", timeStyle: "short" })}</dd>
      {document.text_column && (
        <>
          <dt>{t("textColumn")}</dt>
          <dd>
            <bdi>{document.text_column}</bdi>
          </dd>
        </>
      )}
      {document.duplicate_of && <Other label={t("duplicateOf")} documentId={document.duplicate_of} />}
      {document.source_document_id && <Other label={t("from")} documentId={document.source_document_id} />}
    </dl>
  );
}

/** Another document by its name. */
function Other({ label, documentId }: { label: string; documentId: string }) {
  const path = { document_id: documentId };
  const { data } = api.useQuery("get", "/v1/documents/{document_id}", { params: { path } });
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {data && (
          <Link
            to="/projects/$projectId/documents/$documentId"
            params={{ projectId: data.project_id, documentId: data.id }}
          >
            <bdi>{data.name}</bdi>
          </Link>
        )}
      </dd>
    </>
  );
}

function Deeds({ document, close }: { document: Schema<"Document">; close: () => void }) {
  const t = useTranslations("documents");
  const common = useTranslations("common");
  const { mayEdit } = useRights();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => client.DELETE("/v1/documents/{document_id}", { params: { path: { document_id: document.id } } }),
    onSuccess: async () => {
      close();
      await cache.invalidateQueries({ queryKey: ["get", "/v1/projects/{project_id}/documents"] });
    },
  });
  if (!mayEdit) return null;
  return (
    <div className="stack">
      <ReadAgain document={document} />
      {remove.error !== null && <ProblemNotice error={remove.error} />}
      <div>
        <Confirm
          trigger={
            <Button className="react-aria-Button danger" isDisabled={remove.isPending}>
              {common("delete")}
            </Button>
          }
          title={t("deleteTitle", { name: document.name })}
          label={common("delete")}
          act={() => remove.mutate()}
        >
          <p>{document.document_count ? t("deleteHeld", { count: document.document_count }) : t("deleteText")}</p>
        </Confirm>
      </div>
    </div>
  );
}
