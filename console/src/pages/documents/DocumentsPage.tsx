// The project's documents: brings them in, lists them, and tells of each how it was read.
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { useVariables } from "~/pages/setup/queries.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { unreadOf } from "~/parts/reading.ts";
import { DocumentPanel } from "./DocumentPanel.tsx";
import style from "./DocumentsPage.module.css";
import { DocumentTable } from "./DocumentTable.tsx";
import { DropArea } from "./DropArea.tsx";
import { FILTERS, type Filter, languageOf, useDocuments } from "./queries.ts";
import { UploadList } from "./UploadList.tsx";
import { useUploads } from "./uploads/queue.ts";

const route = getRouteApi("/inside/projects/$projectId/documents");

export function DocumentsPage() {
  const t = useTranslations("documents");
  const { projectId } = route.useParams();
  const { mayEdit } = useRights();
  const [queue] = useUploads(projectId);
  return (
    <div className={`stack ${style.page}`}>
      <h2>{t("title")}</h2>
      {mayEdit && <DropArea take={(files, textColumn) => queue.add(files, textColumn)} />}
      <UploadList projectId={projectId} />
      <DocumentList projectId={projectId} />
    </div>
  );
}

function DocumentList({ projectId }: { projectId: string }) {
  const t = useTranslations("documents");
  const { mayEdit } = useRights();
  const [filter, setFilter] = useState<Filter>("all");
  const [chosen, setChosen] = useState<string | null>(null);
  const documents = useDocuments(projectId, filter);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = documents;
  return (
    <Loaded query={documents}>
      {({ pages }) => {
        const [first] = pages;
        if (!first || (countOf(first) === 0 && filter === "all"))
          return <p className="quiet">{mayEdit ? t("empty") : t("emptyForViewers")}</p>;
        return (
          <>
            {mayEdit && (first.counts.READY ?? 0) > 0 && <ToSetup projectId={projectId} />}
            <div className="row spread">
              <Summary list={first} />
              <Choice
                label={t("show")}
                options={FILTERS.map((one) => [one, t(`filter.${one}`)] as const)}
                value={filter}
                onChange={setFilter}
              />
            </div>
            <div className={chosen ? style.withPanel : undefined}>
              <DocumentTable
                documents={pages.flatMap((page) => page.items)}
                chosen={chosen}
                choose={setChosen}
                hasMore={hasNextPage}
                isLoadingMore={isFetchingNextPage}
                loadMore={() => void fetchNextPage({ cancelRefetch: false })}
              />
              {chosen && <DocumentPanel key={chosen} documentId={chosen} close={() => setChosen(null)} />}
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

const countOf = ({ counts, items }: Schema<"ListDocumentsResponse">) =>
  Math.max(
    items.length,
    Object.values(counts).reduce((sum, count) => sum + count, 0),
  );

/** What comes next, as long as nothing is to be coded yet. */
function ToSetup({ projectId }: { projectId: string }) {
  const t = useTranslations("documents");
  const variables = useVariables(projectId);
  if (variables.data?.items.length !== 0) return null;
  return (
    <div className="row">
      <span>{t("next")}</span>
      <Link to="/projects/$projectId/setup" params={{ projectId }} className="link-button">
        {t("toSetup")}
      </Link>
    </div>
  );
}

/** How many there are, in which state and which languages. */
function Summary({ list }: { list: Schema<"ListDocumentsResponse"> }) {
  const t = useTranslations("documents");
  const format = useFormatter();
  const locale = useLocale();
  const languages = Object.entries(list.languages)
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => `${code ? languageOf(code, locale) : t("noLanguage")} ${format.number(count)}`);
  const parts = [
    t("count", { count: countOf(list) }),
    ...(unreadOf(list) ? [t("unread", { count: unreadOf(list) })] : []),
    ...(list.counts.FAILED ? [t("failed", { count: list.counts.FAILED })] : []),
    ...(list.duplicate_count ? [t("duplicates", { count: list.duplicate_count })] : []),
  ];
  return (
    <div>
      <p role="status" className={style.summary}>
        {parts.join(" · ")}
      </p>
      {languages.length > 0 && <p className={`quiet ${style.summary}`}>{languages.join(" · ")}</p>}
    </div>
  );
}
