// Where the document states the value, and what else was in question; each place can be shown in the document.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "../CellValue.tsx";
import type { Passage } from "../DocumentView/passage.ts";
import { DocumentView } from "../DocumentView.tsx";
import style from "./CellPanel.module.css";
import { Section } from "./Section.tsx";

export function CellEvidence({ extraction }: { extraction: Schema<"Extraction"> }) {
  const t = useTranslations("grid");
  const { evidence, candidates } = extraction;
  const quoted = passagesOf(evidence, "quote");
  const others = candidates.map((one) => passagesOf(one.evidence, "candidate"));
  const [focus, setFocus] = useState(0);
  const firstOf = (candidate: number) => quoted.length + others.slice(0, candidate).flat().length;
  return (
    <>
      <Section title={t("evidence")}>
        {evidence ? (
          <Quote evidence={evidence} {...(quoted.length > 0 && { show: () => setFocus(0) })} />
        ) : (
          <p className="quiet">{t("noEvidence")}</p>
        )}
      </Section>
      {candidates.length > 0 && (
        <Section title={t("candidates", { count: candidates.length })}>
          <ol className={style.candidates}>
            {candidates.map((one, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name, and keep their order
              <li key={at}>
                <Candidate candidate={one} {...(others[at]?.length && { show: () => setFocus(firstOf(at)) })} />
              </li>
            ))}
          </ol>
        </Section>
      )}
      <div className={style.document}>
        <DocumentView documentId={extraction.document_id} passages={[...quoted, ...others.flat()]} focus={focus} />
      </div>
    </>
  );
}

/** Words of the document with their page. */
function Quote({ evidence, show }: { evidence: Schema<"Evidence">; show?: () => void }) {
  const t = useTranslations("grid");
  const format = useFormatter();
  const notes = [
    evidence.match === "NONE" ? t("match.NONE") : t("page", { page: evidence.page }),
    evidence.match === "FUZZY" && t("match.FUZZY"),
    evidence.recognition !== null &&
      t("recognised", { percent: format.number(evidence.recognition, { style: "percent" }) }),
  ];
  return (
    <figure className={style.quote}>
      <blockquote dir="auto" className={style.text}>
        {evidence.quote}
      </blockquote>
      <figcaption className="quiet">
        {notes.filter(Boolean).join(" · ")}
        {show && (
          <Button className="react-aria-Button plain" onPress={show}>
            {t("showInDocument")}
          </Button>
        )}
      </figcaption>
    </figure>
  );
}

function Candidate({ candidate, show }: { candidate: Schema<"Candidate">; show?: () => void }) {
  const t = useTranslations("grid");
  const words = useTranslations("words");
  const format = useFormatter();
  const notes = [
    words("confidence", { percent: format.number(candidate.confidence, { style: "percent" }) }),
    candidate.support && words(`support.${candidate.support}`),
    candidate.repeated && t("repeated"),
  ];
  return (
    <>
      <strong>
        <CellValue value={candidate.value} />
      </strong>{" "}
      <span className="quiet">{notes.filter(Boolean).join(" · ")}</span>
      {candidate.evidence && <Quote evidence={candidate.evidence} {...(show && { show })} />}
      {candidate.explanation && (
        <p dir="auto" className={`quiet ${style.text}`}>
          {candidate.explanation}
        </p>
      )}
    </>
  );
}

function passagesOf(evidence: Schema<"Evidence"> | null, tone: Passage["tone"]): Passage[] {
  return evidence?.match === "NONE" ? [] : (evidence?.spans ?? []).map(({ start, end }) => ({ start, end, tone }));
}
