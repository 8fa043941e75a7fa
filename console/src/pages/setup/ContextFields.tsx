// The fields of what a project says of its documents and rows.
import { Input, Label, Radio, RadioGroup, Text, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import style from "./SetupPage.module.css";

export interface Context {
  description: string;
  language: string;
  domain: string;
  document_type: string;
}
export const CONTEXT_FIELDS = ["description", "language", "domain", "document_type"] as const;

export interface Unit {
  row_is: string;
  rows_per_document: Schema<"RowsPerDocument">;
  entity_identification_pattern: string;
}
export const UNIT_FIELDS = ["row_is", "rows_per_document", "entity_identification_pattern"] as const;

interface Props<State> {
  state: State;
  change: (changed: Partial<State>) => void;
  isDisabled?: boolean;
}

export const contextIn = (given: Partial<Context> | null | undefined): Context => ({
  description: given?.description ?? "",
  language: given?.language ?? "",
  domain: given?.domain ?? "",
  document_type: given?.document_type ?? "",
});

export const unitIn = (given: Partial<Schema<"PartialUnitOfObservation">> | null | undefined): Unit => ({
  row_is: given?.row_is ?? "",
  rows_per_document: given?.rows_per_document ?? "SINGLE",
  entity_identification_pattern: given?.entity_identification_pattern ?? "",
});

export function ContextFields({ state, change, isDisabled = false }: Props<Context>) {
  const t = useTranslations("setup.context");
  return (
    <div className="stack">
      <TextField value={state.description} onChange={(description) => change({ description })} isDisabled={isDisabled}>
        <Label>{t("description")}</Label>
        <TextArea dir="auto" rows={3} maxLength={20_000} />
        <Text slot="description">{t("descriptionAbout")}</Text>
      </TextField>
      <KindFields state={state} change={change} isDisabled={isDisabled} />
    </div>
  );
}

/** What kind of documents they are. */
export function KindFields({ state, change, isDisabled = false }: Props<Context>) {
  const t = useTranslations("setup.context");
  return (
    <div className={style.pair}>
      <TextField value={state.language} onChange={(language) => change({ language })} isDisabled={isDisabled}>
        <Label>{t("language")}</Label>
        <Input dir="auto" maxLength={100} />
      </TextField>
      <TextField value={state.domain} onChange={(domain) => change({ domain })} isDisabled={isDisabled}>
        <Label>{t("domain")}</Label>
        <Input dir="auto" />
      </TextField>
      <TextField
        value={state.document_type}
        onChange={(document_type) => change({ document_type })}
        isDisabled={isDisabled}
      >
        <Label>{t("document_type")}</Label>
        <Input dir="auto" />
      </TextField>
    </div>
  );
}

export function UnitFields({ state, change, isDisabled = false }: Props<Unit>) {
  const t = useTranslations("setup.unit");
  const isSeveral = state.rows_per_document === "MULTIPLE";
  return (
    <div className="stack">
      <TextField value={state.row_is} onChange={(row_is) => change({ row_is })} isDisabled={isDisabled}>
        <Label>{t("row_is")}</Label>
        <Input dir="auto" maxLength={2_000} />
        <Text slot="description">{t("row_isAbout")}</Text>
      </TextField>
      <RadioGroup
        value={state.rows_per_document}
        onChange={(rows) => change({ rows_per_document: rows as Unit["rows_per_document"] })}
        isDisabled={isDisabled}
      >
        <Label>{t("rows_per_document")}</Label>
        {(["SINGLE", "MULTIPLE"] as const).map((rows) => (
          <Radio key={rows} value={rows}>
            <span className="box" aria-hidden="true">
              {state.rows_per_document === rows ? "●" : ""}
            </span>
            {t(`rows.${rows}`)}
          </Radio>
        ))}
      </RadioGroup>
      {isSeveral && (
        <TextField
          value={state.entity_identification_pattern}
          onChange={(entity_identification_pattern) => change({ entity_identification_pattern })}
          isDisabled={isDisabled}
        >
          <Label>{t("entity_identification_pattern")}</Label>
          <TextArea dir="auto" rows={3} maxLength={5_000} />
          <Text slot="description">{t("patternAbout")}</Text>
        </TextField>
      )}
    </div>
  );
}
