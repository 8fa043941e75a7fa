// The project's documents in a table, of which only what is in view is laid out.
import { Link } from "@tanstack/react-router";
import {
  Cell,
  Collection,
  Column,
  Row,
  Table,
  TableBody,
  TableHeader,
  TableLayout,
  TableLoadMoreItem,
  Virtualizer,
} from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Mark } from "~/parts/marks.tsx";
import style from "./DocumentsPage.module.css";
import { languageOf } from "./queries.ts";

const HEIGHT = 40;

interface Shown {
  documents: readonly Schema<"Document">[];
  chosen: string | null;
  choose: (documentId: string | null) => void;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
}

export function DocumentTable({ documents, chosen, choose, hasMore, isLoadingMore, loadMore }: Shown) {
  const t = useTranslations("documents");
  const common = useTranslations("common");
  return (
    <Virtualizer layout={TableLayout} layoutOptions={{ rowHeight: HEIGHT, headingHeight: HEIGHT }}>
      <Table
        aria-label={t("title")}
        className={style.table ?? ""}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={chosen ? [chosen] : []}
        onSelectionChange={(keys) => choose(keys === "all" ? null : String([...keys][0] ?? "") || null)}
      >
        <TableHeader>
          <Column isRowHeader minWidth={180} defaultWidth="3fr">
            {t("name")}
          </Column>
          <Column minWidth={130}>{t("state")}</Column>
          <Column minWidth={90}>{t("format")}</Column>
          <Column minWidth={100}>{t("language")}</Column>
          <Column minWidth={80} className={`react-aria-Column ${style.count}`}>
            {t("pages")}
          </Column>
          <Column minWidth={90} className={`react-aria-Column ${style.count}`}>
            {t("words")}
          </Column>
          <Column minWidth={140}>{t("remarks")}</Column>
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="quiet">{t("noneSuch")}</p>}>
          <Collection items={documents} dependencies={[t]}>
            {(one) => <DocumentRow document={one} />}
          </Collection>
          {hasMore && (
            <TableLoadMoreItem onLoadMore={loadMore} isLoading={isLoadingMore}>
              {common("loading")}
            </TableLoadMoreItem>
          )}
        </TableBody>
      </Table>
    </Virtualizer>
  );
}

function DocumentRow({ document }: { document: Schema<"Document"> }) {
  const format = useFormatter();
  const locale = useLocale();
  const { id, project_id, name, status, language, page_count, word_count } = document;
  const counted = (count: number) => (count ? format.number(count) : "");
  return (
    <Row id={id} textValue={name} className={style.row ?? ""}>
      <Cell className={style.cell ?? ""}>
        <Link
          to="/projects/$projectId/documents/$documentId"
          params={{ projectId: project_id, documentId: id }}
          className={style.name}
          dir="auto"
          title={name}
        >
          <bdi>{name}</bdi>
        </Link>
      </Cell>
      <Cell className={style.cell ?? ""}>
        <DocumentState status={status} />
      </Cell>
      <Cell className={style.cell ?? ""}>{document.format ?? ""}</Cell>
      <Cell className={style.cell ?? ""}>{language && languageOf(language, locale)}</Cell>
      <Cell className={`${style.cell} ${style.count}`}>{counted(page_count)}</Cell>
      <Cell className={`${style.cell} ${style.count}`}>{counted(word_count)}</Cell>
      <Cell className={style.cell ?? ""}>
        <Remarks document={document} />
      </Cell>
    </Row>
  );
}

const STATES = {
  UPLOADED: ["…", "quiet"],
  PARSED: ["…", "quiet"],
  READY: ["✓", "good"],
  FAILED: ["✕", "bad"],
} as const;

export function DocumentState({ status }: { status: Schema<"DocumentStatus"> }) {
  const t = useTranslations("words");
  const [shape, tone] = STATES[status];
  return <Mark shape={shape} text={t(`document.${status}`)} tone={tone} />;
}

/** What is to be known of it at a look. */
function Remarks({ document }: { document: Schema<"Document"> }) {
  const t = useTranslations("documents");
  const { duplicate_of, report, document_count } = document;
  if (document_count) return <Mark shape="▤" text={t("holds", { count: document_count })} tone="quiet" />;
  if (report.unread_pages.length)
    return <Mark shape="▒" text={t("unreadPages", { count: report.unread_pages.length })} tone="doubt" />;
  if (report.unsure_pages.length)
    return <Mark shape="≈" text={t("unsurePages", { count: report.unsure_pages.length })} tone="doubt" />;
  if (duplicate_of) return <Mark shape="=" text={t("duplicate")} tone="quiet" />;
  return null;
}
