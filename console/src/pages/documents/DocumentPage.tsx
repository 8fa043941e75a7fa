// One document: as people see it, and what was coded from it.
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { DocumentView } from "~/parts/DocumentView.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { Confidence, VerdictMark } from "~/parts/marks.tsx";
import { useTitle } from "~/parts/title.ts";
import { type Coded, codedOf } from "./coded.ts";
import style from "./DocumentPage.module.css";

const route = getRouteApi("/inside/projects/$projectId/documents/$documentId");
const MOST = 200;

export function DocumentPage() {
  const t = useTranslations("documents");
  const { projectId, documentId } = route.useParams();
  const asked = route.useSearch();
  const path = { document_id: documentId };
  const document = api.useQuery("get", "/v1/documents/{document_id}", { params: { path } });
  useTitle(document.data?.name ?? t("document"));
  return (
    <div className="stack">
      <div className="row">
        <Link to="/projects/$projectId/documents" params={{ projectId }}>
          {t("back")}
        </Link>
        <h2 className={style.name}>
          <bdi>{document.data?.name ?? t("document")}</bdi>
        </h2>
      </div>
      <Opened key={`${documentId} ${asked.start} ${asked.end}`} projectId={projectId} documentId={documentId} />
    </div>
  );
}

function Opened({ projectId, documentId }: { projectId: string; documentId: string }) {
  const t = useTranslations("documents");
  const { start, end } = route.useSearch();
  const [chosen, setChosen] = useState<number | null>(null);
  const query = { document_id: documentId, page_size: MOST };
  const extractions = api.useQuery("get", "/v1/projects/{project_id}/extractions", {
    params: { path: { project_id: projectId }, query },
  });
  const { coded, passages, askedAt } = useMemo(() => {
    const asked = start === undefined || end === undefined ? undefined : { start, end };
    return codedOf(extractions.data?.items ?? [], asked);
  }, [extractions.data, start, end]);
  const focus = chosen ?? askedAt;
  return (
    <div className={style.columns}>
      <div className={style.view}>
        <DocumentView documentId={documentId} passages={passages} focus={focus} />
      </div>
      <section className="stack" aria-labelledby="coded">
        <h3 id="coded">{t("coded")}</h3>
        <Loaded query={extractions}>
          {() =>
            coded.length ? (
              <Values {...{ projectId, coded, focus }} go={setChosen} />
            ) : (
              <NothingYet projectId={projectId} />
            )
          }
        </Loaded>
      </section>
    </div>
  );
}

function NothingYet({ projectId }: { projectId: string }) {
  const t = useTranslations("documents");
  return (
    <p className="quiet">
      {t("nothingCoded")}{" "}
      <Link to="/projects/$projectId/run" params={{ projectId }}>
        {t("toRun")}
      </Link>
    </p>
  );
}

function Values({
  projectId,
  coded,
  focus,
  go,
}: {
  projectId: string;
  coded: readonly Coded[];
  focus: number;
  go: (passage: number) => void;
}) {
  const t = useTranslations("documents");
  const nameOf = useVariableNames(projectId);
  return (
    <ul className={style.values}>
      {coded.map(({ extraction, passage }) => (
        <li key={`${extraction.variable} ${extraction.unit_id}`} className={style.value}>
          <div className="row spread">
            <span className={style.variable}>
              <bdi>{nameOf(extraction.variable)}</bdi>{" "}
              {extraction.entity_text && <bdi className="quiet">{extraction.entity_text}</bdi>}
            </span>
            {extraction.verdict ? (
              <VerdictMark verdict={extraction.verdict} />
            ) : (
              extraction.missing_reason === null && <Confidence of={extraction.confidence} />
            )}
          </div>
          <CellValue value={extraction.value} reason={extraction.missing_reason} />
          {extraction.evidence && passage !== undefined && (
            <Button
              className={`react-aria-Button plain ${style.quote} ${passage === focus ? style.shown : ""}`}
              onPress={() => go(passage)}
            >
              <span className="spoken">{t("showQuote", { variable: nameOf(extraction.variable) })} </span>
              <q dir="auto">{extraction.evidence.quote}</q>
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What variables are called by people, by their names; the name itself until that is known. */
function useVariableNames(projectId: string): (name: string) => string {
  const { data } = api.useQuery("get", "/v1/projects/{project_id}/variables", {
    params: { path: { project_id: projectId } },
  });
  const names = new Map(data?.items.map((one) => [one.name, one.display_name]));
  return (name) => names.get(name) || name;
}
