// One cell with all that is known of it: value, evidence in the document, candidates, explanation, history; and what
// people say of it, for those who may.
import { useQuery } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { CellDetails } from "./CellPanel/CellDetails.tsx";
import { CellEvidence } from "./CellPanel/CellEvidence.tsx";
import { CellHistory } from "./CellPanel/CellHistory.tsx";
import style from "./CellPanel/CellPanel.module.css";
import { CellVerdict } from "./CellPanel/CellVerdict.tsx";
import { Section } from "./CellPanel/Section.tsx";
import { CellValue } from "./CellValue.tsx";
import { Loaded } from "./Loaded.tsx";
import { Confidence, Mark, StaleMark, StatusMark, VerdictMark } from "./marks.tsx";
import { Names } from "./Names.tsx";
import { Waiting } from "./Waiting.tsx";

/** The row of the dataset that a cell stands in. */
type Row = Pick<Schema<"DatasetRow">, "unit_id" | "document_id" | "document_name" | "entity_text">;

/**
 * `row` and `cell` are undefined while they are not loaded.
 *
 * `isFocused`: whether the focus goes into the panel when it opens.
 */
export function CellPanel({
  projectId,
  variable,
  row,
  cell,
  isFocused = false,
  close,
}: {
  projectId: string;
  variable: Schema<"Variable">;
  row: Row | undefined;
  cell: Schema<"DatasetCell"> | undefined;
  isFocused?: boolean;
  close: () => void;
}) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  return (
    <aside
      className={style.panel}
      aria-label={t("cell", { variable: variable.display_name || variable.name })}
      onKeyDown={(event) => {
        const isWithin = event.currentTarget.contains(event.target as Node);
        if (event.key === "Escape" && isWithin && !event.defaultPrevented) close();
      }}
    >
      <header className={style.head}>
        <div>
          <h3 className={style.title}>
            <bdi>{variable.display_name || variable.name}</bdi>
          </h3>
          <p className={style.of}>
            <Names of={[row?.document_name ?? "", row?.entity_text ?? ""].filter(Boolean)} />
          </p>
        </div>
        <Button className="react-aria-Button plain" aria-label={common("close")} onPress={close} autoFocus={isFocused}>
          ✕
        </Button>
      </header>
      {row && cell ? (
        cell.extraction_id ? (
          <AskedCell
            key={`${row.unit_id} ${variable.id}`}
            projectId={projectId}
            variable={variable}
            row={row}
            id={cell.extraction_id}
          />
        ) : (
          <NeverAsked
            key={`${row.unit_id} ${variable.id}`}
            projectId={projectId}
            variable={variable}
            row={row}
            cell={cell}
          />
        )
      ) : (
        <Waiting />
      )}
    </aside>
  );
}

function AskedCell({
  projectId,
  variable,
  row,
  id,
}: {
  projectId: string;
  variable: Schema<"Variable">;
  row: Row;
  id: string;
}) {
  const t = useTranslations("grid");
  const { mayEdit } = useRights();
  const path = { extraction_id: id };
  const cell = useQuery(api.queryOptions("get", "/v1/extractions/{extraction_id}", { params: { path } }));
  return (
    <Loaded query={cell}>
      {(extraction) => (
        <div className={style.parts}>
          <Answer extraction={extraction} />
          {mayEdit && (
            <CellVerdict
              projectId={projectId}
              variable={variable}
              unitId={row.unit_id}
              cell={extraction}
              extractionId={id}
            />
          )}
          <CellEvidence extraction={extraction} />
          {extraction.explanation && (
            <Section title={t("explanation")}>
              <p dir="auto" className={style.text}>
                {extraction.explanation}
              </p>
            </Section>
          )}
          <CellDetails projectId={projectId} extraction={extraction} />
          <CellHistory extractionId={id} />
        </div>
      )}
    </Loaded>
  );
}

function NeverAsked({
  projectId,
  variable,
  row,
  cell,
}: {
  projectId: string;
  variable: Schema<"Variable">;
  row: Row;
  cell: Schema<"DatasetCell">;
}) {
  const t = useTranslations("grid");
  const { mayEdit } = useRights();
  return (
    <div className={style.parts}>
      {cell.verdict ? (
        <p className={style.value}>
          <CellValue value={cell.value} reason={cell.value === null ? cell.missing_reason : null} />
        </p>
      ) : (
        cell.stale && <StaleMark reason={cell.stale} />
      )}
      <p>{t("neverAsked")}</p>
      {mayEdit && (
        <CellVerdict projectId={projectId} variable={variable} unitId={row.unit_id} cell={cell} extractionId="" />
      )}
    </div>
  );
}

/** The value, how sure it is, and every mark in words. */
function Answer({ extraction }: { extraction: Schema<"Extraction"> }) {
  const t = useTranslations("grid");
  const words = useTranslations("words");
  const { value, origin, verdict, stale, support, flags } = extraction;
  const isPersons = origin === "CORRECTED";
  return (
    <div className={style.answer}>
      <p className={style.value}>
        <CellValue value={value} reason={value === null ? extraction.missing_reason : null} />
      </p>
      {value !== null && (
        <p className={style.line}>
          <Confidence of={extraction.confidence} />
          {!isPersons && <span className="quiet">{t("modelSays", { share: extraction.model_confidence })}</span>}
        </p>
      )}
      <ul className={style.marks}>
        <li>
          <StatusMark status={extraction.status} />
        </li>
        {verdict && !isPersons && (
          <li>
            <VerdictMark verdict={verdict} />
          </li>
        )}
        {origin !== "EXTRACTED" && (
          <li>
            <Mark shape={isPersons ? "✎" : "∗"} text={words(`origin.${origin}`)} tone={isPersons ? "good" : "quiet"} />
          </li>
        )}
        {support && (
          <li>
            <Mark shape="❝" text={words(`support.${support}`)} tone={TONES[support]} />
          </li>
        )}
        {flags.map((flag) => (
          <li key={flag}>
            <FlagMark flag={flag} />
          </li>
        ))}
        {stale && (
          <li>
            <StaleMark reason={stale} />
          </li>
        )}
      </ul>
      {isPersons && extraction.model_value !== null && (
        <p className={style.line}>
          {t("modelValue")} <CellValue value={extraction.model_value} />
          {verdict && <VerdictMark verdict={verdict} />}
        </p>
      )}
    </div>
  );
}

const TONES = { STATED: "good", JUDGED: "good", UNCHECKED: "quiet", CONTRADICTED: "bad", UNGROUNDED: "bad" } as const;

function FlagMark({ flag }: { flag: string }) {
  const words = useTranslations("words");
  const key = `flag.${flag}` as Parameters<typeof words>[0];
  return <Mark shape="⚑" text={words.has(key) ? words(key) : flag} tone="doubt" />;
}
