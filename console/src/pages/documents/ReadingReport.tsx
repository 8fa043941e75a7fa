// How a document was read: what is doubtful, what was not read, and what was left out.
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import style from "./DocumentsPage.module.css";

/** `version` changes when the document has been read again. */
export function ReadingReport({ documentId, version }: { documentId: string; version: string }) {
  const t = useTranslations("documents.reading");
  const format = useFormatter();
  const path = { document_id: documentId };
  const reading = api.useQuery("get", "/v1/documents/{document_id}/reading", { params: { path }, version });
  const listed = (pages: number[]) => format.list(pages.map((page) => format.number(page)));
  return (
    <section className="stack" aria-label={t("title")}>
      <h4 className={style.heading}>{t("title")}</h4>
      <Loaded query={reading}>
        {({ report, left_out, whole }) => (
          <>
            {report.warnings.length > 0 && <Lines title={t("warnings")} lines={report.warnings} isOpen />}
            {report.unread_pages.length > 0 && <p>{t("unread", { pages: listed(report.unread_pages) })}</p>}
            {report.unsure_pages.length > 0 && <p>{t("unsure", { pages: listed(report.unsure_pages) })}</p>}
            {report.dropped.length > 0 && (
              <Lines title={t("dropped", { count: report.dropped.length })} lines={report.dropped} />
            )}
            {left_out.length > 0 && <Lines title={t("leftOut", { count: left_out.length })} lines={left_out} />}
            {!report.warnings.length && !report.unread_pages.length && !left_out.length && !report.dropped.length && (
              <p className="quiet">{whole ? t("whole") : t("nothing")}</p>
            )}
            {report.versions && (
              <p className="quiet">
                {t("reader")} <bdi>{report.versions}</bdi>
              </p>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Lines({ title, lines, isOpen = false }: { title: ReactNode; lines: readonly string[]; isOpen?: boolean }) {
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      <ul className={style.lines}>
        {[...new Set(lines)].map((line) => (
          <li key={line} dir="auto">
            {line}
          </li>
        ))}
      </ul>
    </details>
  );
}
