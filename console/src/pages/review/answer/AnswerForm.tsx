// What is right, as a person types it: the value, the words of the document that say so, and why.
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button, Label, Text, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import type { Value } from "~/parts/values.ts";
import type { Said } from "../outbox.ts";
import { RangeField } from "./RangeField.tsx";
import { SeveralOf } from "./SeveralOf.tsx";
import { ValueField } from "./ValueField.tsx";
import { answerOf, keepsSeveral, mayBeRange, valuesOf } from "./values.ts";

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
  const [values, setValues] = useState(() => valuesOf(variable, start));
  const [words, setWords] = useState(quote);
  const [note, setNote] = useState("");
  const [isAsked, setIsAsked] = useState(false);
  const value = answerOf(variable, values);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (value === null) return setIsAsked(true);
    onAnswer({ corrected_value: value, ...(words.trim() && { quote: words }), ...(note.trim() && { note }) });
  };
  return (
    <form className="stack" onSubmit={send} onKeyDown={(event) => keys(event, onCancel)} aria-label={t("title")}>
      <Values variable={variable} values={values} onChange={setValues} />
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
        <Button onPress={onCancel}>{common("cancel")}</Button>
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

function Values({
  variable,
  values,
  onChange,
}: {
  variable: Schema<"Variable">;
  values: readonly Value[];
  onChange: (values: Value[]) => void;
}) {
  const t = useTranslations("review.answer");
  const common = useTranslations("common");
  if (variable.type === "CATEGORY" && keepsSeveral(variable)) {
    return <SeveralOf categories={variable.categories} label={t("value")} values={values} onChange={onChange} />;
  }
  const Field = mayBeRange(variable) ? RangeField : ValueField;
  const several = keepsSeveral(variable);
  return (
    <>
      {values.map((value, at) => (
        <Field
          // biome-ignore lint/suspicious/noArrayIndexKey: a value has nothing else that stays when it is typed
          key={at}
          variable={variable}
          label={several ? t("valueOf", { number: at + 1 }) : t("value")}
          value={value}
          onChange={(changed) => onChange(values.with(at, changed))}
          autoFocus={at === values.length - 1}
        />
      ))}
      {several && values.length < variable.max_values && (
        <div>
          <Button onPress={() => onChange([...values, null])}>{common("add")}</Button>
        </div>
      )}
    </>
  );
}
