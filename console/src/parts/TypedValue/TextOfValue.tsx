// Takes the text of one value: chosen where there is a choice, else typed.
import { FieldError, Input, Label, TextArea, TextField } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import { Choice } from "../Choice.tsx";
import { isChosen, keyOf, NONE, useOptions, valueAt } from "./choices.ts";
import { DateField } from "./DateField.tsx";
import { type Kind, type Text, valueOfText } from "./draft.ts";
import type { FieldProps } from "./field.ts";
import { OneOf } from "./OneOf.tsx";

export function TextOfValue(props: FieldProps) {
  if (isChosen(props.kind)) return <ChosenText {...props} />;
  return props.kind.type === "DATE" ? <DateField {...props} /> : <FreeText {...props} />;
}

function ChosenText({ kind, label, text, onChange, isTold, isSpread, hasNone, autoFocus = false }: FieldProps) {
  const t = useTranslations("typed");
  const isWrong = useIsWrong(kind, text) && isTold;
  const options = useOptions(kind, [text]);
  const texts = options.map((one) => [keyOf(one.value), one.text] as const);
  return (
    <div>
      {isSpread ? (
        <OneOf label={label} options={options} chosen={text} onChange={onChange} autoFocus={autoFocus} />
      ) : (
        <Choice
          label={label}
          options={hasNone ? [[NONE, t("none")], ...texts] : texts}
          value={text !== null ? keyOf(text) : hasNone ? NONE : null}
          onChange={(key) => onChange(valueAt(key))}
        />
      )}
      {isWrong && (
        <p role="alert" className="field-error">
          {t("wrong.CATEGORY")}
        </p>
      )}
    </div>
  );
}

function FreeText({ kind, label, text, onChange, isTold = false, rows = 2, autoFocus = false }: FieldProps) {
  const t = useTranslations("typed");
  const isWrong = useIsWrong(kind, text) && isTold;
  const isNumber = kind.type === "NUMBER";
  return (
    <TextField
      value={text ?? ""}
      onChange={(typed) => onChange(typed || null)}
      isInvalid={isWrong}
      validationBehavior="aria"
      autoFocus={autoFocus}
    >
      <Label>{label}</Label>
      {isNumber ? <Input dir="ltr" inputMode="decimal" /> : <TextArea dir="auto" rows={rows} />}
      <FieldError>{t("wrong.NUMBER", { example: 1250.5 })}</FieldError>
    </TextField>
  );
}

function useIsWrong(kind: Kind, text: Text): boolean {
  return valueOfText(text, kind, useLocale()) === undefined;
}
