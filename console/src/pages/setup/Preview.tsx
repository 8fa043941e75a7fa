// The table to come, beside the setup: what is accepted and proposed as columns, words of the documents as cells.

import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { useProposals } from "~/parts/Copilot/queries.ts";
import { Mark } from "~/parts/marks.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { columnsOf, type PreviewCell, type PreviewRow, rowsOf } from "./preview.ts";
import { useFirstDocuments, useSetup, useVariables } from "./queries.ts";
import style from "./SetupPage.module.css";

export function Preview({ projectId }: { projectId: string }) {
  const t = useTranslations("setup.preview");
  const words = useTranslations("words.type");
  const variables = useVariables(projectId).data?.items ?? [];
  // The oldest first, as they are read and accepted.
  const proposals = (useProposals(projectId).data?.items ?? []).toReversed();
  const documents = useFirstDocuments(projectId).data?.items ?? [];
  const unit = useSetup(projectId).data?.project.unit.row_is;
  const columns = columnsOf(variables, proposals);
  const rows = rowsOf(variables, proposals, documents);
  return (
    <section className={style.preview} aria-labelledby="preview">
      <h3 id="preview">{t("title")}</h3>
      <p className="quiet">
        {unit ? t.rich("rowIs", { unit: () => <bdi>{unit}</bdi> }) : t("noUnit")}{" "}
        {columns.length === 0 && t("noColumns")}
      </p>
      {columns.length > 0 && (
        <Scroll label={t("title")}>
          <table className={style.previewTable}>
            <thead>
              <tr>
                <th scope="col">{t("document")}</th>
                {columns.map(({ key, name, type, isProposed }) => (
                  <th scope="col" key={key} className={isProposed ? style.proposed : undefined}>
                    <bdi>{name}</bdi>
                    <small>
                      {type && words(type)}
                      {isProposed && <Mark shape="◇" text={t("proposed")} tone="doubt" />}
                    </small>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.documentId} row={row} keys={columns.map(({ key }) => key)} projectId={projectId} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {columns.length > 0 && <p className="quiet">{t("about")}</p>}
    </section>
  );
}

function Row({ row, keys, projectId }: { row: PreviewRow; keys: readonly string[]; projectId: string }) {
  return (
    <tr>
      <th scope="row">
        <Link to="/projects/$projectId/documents/$documentId" params={{ projectId, documentId: row.documentId }}>
          <bdi>{row.documentName}</bdi>
        </Link>
      </th>
      {keys.map((key) => (
        <td key={key}>
          <Cell cell={row.cells.get(key)} />
        </td>
      ))}
    </tr>
  );
}

function Cell({ cell }: { cell: PreviewCell | undefined }) {
  const t = useTranslations("setup.preview");
  if (!cell) return <Mark shape="·" text={t("notYet")} tone="quiet" isShort />;
  if (!cell.isQuote) return <bdi>{cell.text}</bdi>;
  return (
    <q dir="auto" className={style.previewQuote} title={cell.text}>
      {cell.text}
    </q>
  );
}
