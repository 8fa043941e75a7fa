// Takes one value of a variable's type as a text: chosen where there is a choice, else typed.
import { FieldError, Input, Label, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";

const NOTHING = " ";

/** `rows`: of a text or of several values, one a line. */
export function TypedInput({
  label,
  type,
  categories,
  text,
  onChange,
  rows = 1,
  isWrong = false,
}: {
  label: string;
  type: Schema<"VariableType">;
  categories: readonly Schema<"Category">[];
  text: string;
  onChange: (text: string) => void;
  rows?: number;
  isWrong?: boolean;
}) {
  const t = useTranslations("setup.variable");
  const common = useTranslations("common");
  const isChoice = type === "BOOLEAN" || (type === "CATEGORY" && categories.length > 0);
  if (rows === 1 && isChoice && !text.includes("\n")) {
    const named = categories.filter(({ value }) => value.trim() !== "");
    const options: (readonly [string, string])[] =
      type === "BOOLEAN"
        ? [
            ["true", common("yes")],
            ["false", common("no")],
          ]
        : named.map(({ value }) => [value, value] as const);
    return (
      <Choice
        label={label}
        options={[[NOTHING, t("noValue")], ...options]}
        value={text || NOTHING}
        onChange={(key) => onChange(key === NOTHING ? "" : key)}
      />
    );
  }
  return (
    <TextField value={text} onChange={onChange} isInvalid={isWrong} validationBehavior="aria">
      <Label>{label}</Label>
      {rows > 1 ? (
        <TextArea dir="auto" rows={rows} />
      ) : (
        <Input dir={type === "TEXT" ? "auto" : "ltr"} inputMode={type === "NUMBER" ? "decimal" : "text"} />
      )}
      <FieldError>{t(`wrongValue.${type}`)}</FieldError>
    </TextField>
  );
}
