// Where a cell comes from: which model answered, by which prompt, in which words.
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import style from "./CellPanel.module.css";
import { Fold } from "./Section.tsx";

export function CellDetails({ projectId, extraction }: { projectId: string; extraction: Schema<"Extraction"> }) {
  const t = useTranslations("grid");
  const { raw_value, model, prompt_version, variable, document_id } = extraction;
  return (
    <Fold title={t("origin")}>
      <dl className={style.details}>
        <dt>{t("model")}</dt>
        <dd>
          <bdi>{model}</bdi>
        </dd>
        <dt>{t("prompt")}</dt>
        <dd>
          <Link to="/projects/$projectId/prompts" params={{ projectId }} search={{ variable }}>
            {t("promptVersion", { version: prompt_version })}
          </Link>
        </dd>
        <dt>{t("rawValue")}</dt>
        <dd>
          <code dir="auto">{raw_value === null ? "null" : JSON.stringify(raw_value)}</code>
        </dd>
        <dt>{t("document")}</dt>
        <dd>
          <Link to="/projects/$projectId/documents/$documentId" params={{ projectId, documentId: document_id }}>
            <bdi>{extraction.document_name}</bdi>
          </Link>
        </dd>
      </dl>
    </Fold>
  );
}
