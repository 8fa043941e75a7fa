// What is right, as a person types it: the value, the words of the document that say so, and why.
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button, Label, Text, TextArea, TextField } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { draftOfCell, isSameDraft, mostValues, readDraft } from "~/parts/TypedValue/draft.ts";
import { TypedValue } from "~/parts/TypedValue.tsx";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import type { Value } from "~/parts/values.ts";
import type { Said } from "./outbox.ts";

/** `start`: the value that stands; `quote`: words that the person has marked in the document. */
export function AnswerForm({
  variable,
  start,
  quote,
  onAnswer,
  onCancel,
}: {
  variable: Schema<"Variable">;
  start: Value;
  quote: string;
  onAnswer: (said: Said) => void;
  onCancel: () => void;
}) {
  const t = useTranslations("review.answer");
  const common = useTranslations("common");
  const locale = useLocale();
  const [begun] = useState(() => draftOfCell(variable, start, locale));
  const [draft, setDraft] = useState(begun);
  const [words, setWords] = useState(quote);
  const [note, setNote] = useState("");
  const [isAsked, setIsAsked] = useState(false);
  const { leave, saved } = useUnsaved(!isSameDraft(draft, begun) || words !== quote || note !== "");
  const value = readDraft(draft, variable, locale);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (value === null || value === undefined) return setIsAsked(true);
    saved();
    onAnswer({ corrected_value: value, ...(words.trim() && { quote: words }), ...(note.trim() && { note }) });
  };
  const cancel = () => leave(onCancel);
  return (
    <form className="stack" onSubmit={send} onKeyDown={(event) => keys(event, cancel)} aria-label={t("title")}>
      <TypedValue
        kind={variable}
        label={t("value")}
        draft={draft}
        onChange={setDraft}
        most={mostValues(variable)}
        hasRanges
        isTold={isAsked}
        isSpread
        autoFocus
      />
      {isAsked && value === null && (
        <p role="alert" className="field-error">
          {t("empty")}
        </p>
      )}
      <TextField value={words} onChange={setWords}>
        <Label>{t("quote")}</Label>
        <TextArea dir="auto" rows={2} />
        <Text slot="description">{t("quoteWhy")}</Text>
      </TextField>
      <TextField value={note} onChange={setNote}>
        <Label>{t("note")}</Label>
        <TextArea dir="auto" rows={1} />
      </TextField>
      <div className="row">
        <Button type="submit" className="react-aria-Button primary">
          {t("send")}
        </Button>
        <Button onPress={cancel}>{common("cancel")}</Button>
      </div>
    </form>
  );
}

/** Enter sends, Shift and Enter begins a line; Escape cancels. */
function keys(event: KeyboardEvent<HTMLFormElement>, cancel: () => void): void {
  if (event.key === "Escape") cancel();
  const isPlainEnter = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
  if (!isPlainEnter || event.target instanceof HTMLButtonElement) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
