// What a person says of a cell: that it is right, what is right instead, why there is no value, or that it is wrong.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Button, Form, Input, Label, TextArea, TextField } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Choice } from "../Choice.tsx";
import { ProblemNotice } from "../ProblemNotice.tsx";
import { draftOfCell, isSameDraft, mostValues, readDraft } from "../TypedValue/draft.ts";
import { TypedValue } from "../TypedValue.tsx";
import { tell } from "../toasts.tsx";
import { leaveUnsaved, useUnsaved } from "../Unsaved.tsx";
import { MISSING_REASONS } from "../values.ts";
import style from "./CellPanel.module.css";
import { Conflict } from "./Conflict.tsx";
import { cellChanged, hasChanged, type Said, type Shown, say } from "./feedback.ts";
import { Section } from "./Section.tsx";

type Way = "correct" | "missing" | "reject";

export function CellVerdict({
  projectId,
  variable,
  unitId,
  cell,
  extractionId,
}: {
  projectId: string;
  variable: Schema<"Variable">;
  unitId: string;
  cell: Shown;
  extractionId: string;
}) {
  const t = useTranslations("grid");
  const [way, setWay] = useState<Way | null>(null);
  const buttons = useRef<HTMLDivElement>(null);
  const saying = useMutation({
    mutationFn: (said: Said) =>
      say({ projectId, unitId, variable: variable.name, extractionId, etag: cell.etag }, said),
    onSuccess: async () => {
      setWay(null);
      // The form that had the focus is gone.
      buttons.current?.querySelector("button")?.focus();
      tell({ text: t("kept"), tone: "good" });
      await cellChanged();
    },
  });
  const toggle = (one: Way) => void leaveUnsaved(() => setWay(way === one ? null : one));
  const button = (one: Way, text: string) => (
    <Button aria-expanded={way === one} onPress={() => toggle(one)}>
      {text}
    </Button>
  );
  return (
    <Section title={t("yourVerdict")}>
      <div className="row" ref={buttons}>
        {extractionId && (
          <Button
            className="react-aria-Button primary"
            isPending={saying.isPending}
            onPress={() => void leaveUnsaved(() => saying.mutate({ verdict: "CORRECT" }))}
          >
            {t("accept")}
          </Button>
        )}
        {button("correct", t("correct"))}
        {button("missing", t("noValue"))}
        {extractionId && button("reject", t("reject"))}
      </div>
      {hasChanged(saying.error) && saying.variables ? (
        <Conflict
          cell={cell}
          said={saying.variables}
          save={() => saying.variables && saying.mutate(saying.variables)}
          leave={() => {
            saying.reset();
            setWay(null);
          }}
        />
      ) : (
        saying.error !== null && <ProblemNotice error={saying.error} />
      )}
      {way && (
        <VerdictForm
          key={way}
          way={way}
          variable={variable}
          cell={cell}
          isPending={saying.isPending}
          send={saying.mutate}
        />
      )}
    </Section>
  );
}

function VerdictForm({
  way,
  variable,
  cell,
  isPending,
  send,
}: {
  way: Way;
  variable: Schema<"Variable">;
  cell: Shown;
  isPending: boolean;
  send: (said: Said) => void;
}) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  const words = useTranslations("words");
  const locale = useLocale();
  const [begun] = useState(() => draftOfCell(variable, cell.value, locale));
  const [draft, setDraft] = useState(begun);
  const [reason, setReason] = useState<(typeof MISSING_REASONS)[number]>("NOT_STATED");
  const [quote, setQuote] = useState("");
  const [note, setNote] = useState("");
  const [isTold, setIsTold] = useState(false);
  useUnsaved(!isSameDraft(draft, begun) || quote !== "" || note !== "");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const more = { ...(quote.trim() && { quote: quote.trim() }), ...(note.trim() && { note: note.trim() }) };
    if (way === "reject") return send({ verdict: "INCORRECT", ...more });
    if (way === "missing") return send({ missing_reason: reason, ...more });
    const value = readDraft(draft, variable, locale);
    if (value === null || value === undefined) return setIsTold(true);
    send({ corrected_value: value, ...more });
  };
  return (
    <Form className={style.form ?? ""} onSubmit={submit}>
      {way === "correct" && (
        <TypedValue
          kind={variable}
          label={t("rightValue")}
          draft={draft}
          onChange={setDraft}
          most={mostValues(variable)}
          hasRanges
          isTold={isTold}
        />
      )}
      {isTold && readDraft(draft, variable, locale) === null && (
        <p role="alert" className="field-error">
          {t("wrongValue")}
        </p>
      )}
      {way === "missing" && (
        <Choice
          label={t("whyMissing")}
          options={MISSING_REASONS.map((one) => [one, words(`missing.${one}`)] as const)}
          value={reason}
          onChange={setReason}
        />
      )}
      {way === "reject" && <p className={style.line}>{t("rejectWhat")}</p>}
      {way === "correct" && (
        <TextField value={quote} onChange={setQuote}>
          <Label>{t("quoteField")}</Label>
          <Input dir="auto" />
        </TextField>
      )}
      <TextField value={note} onChange={setNote}>
        <Label>{t("note")}</Label>
        <TextArea dir="auto" rows={2} />
      </TextField>
      <Button type="submit" className="react-aria-Button primary" isPending={isPending}>
        {common("save")}
      </Button>
    </Form>
  );
}
