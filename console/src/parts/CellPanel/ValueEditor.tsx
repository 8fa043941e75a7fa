// Takes a value of a variable's type: typed, chosen from its categories, or yes or no; several where it may have several.
import { Button, FieldError, Input, Label, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Choice } from "../Choice.tsx";
import style from "./CellPanel.module.css";
import type { Draft } from "./drafts.ts";

export function ValueEditor({
  variable,
  draft,
  change,
  isWrong,
}: {
  variable: Schema<"Variable">;
  draft: Draft;
  change: (draft: Draft) => void;
  isWrong: boolean;
}) {
  const t = useTranslations("grid");
  const most = variable.if_multiple_values === "ALL" && variable.type !== "BOOLEAN" ? variable.max_values : 1;
  const texts = most > 1 ? draft : draft.slice(0, 1);
  const set = (at: number, text: string) => change(texts.map((one, place) => (place === at ? text : one)));
  return (
    <div className="stack">
      {texts.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: texts have no name but their place
        <div key={at} className={style.oneOf}>
          <OneValue
            variable={variable}
            label={texts.length > 1 ? t("valueOf", { number: at + 1 }) : t("rightValue")}
            text={text}
            change={(typed) => set(at, typed)}
            isWrong={isWrong}
          />
          {texts.length > 1 && (
            <Button
              aria-label={t("removeValue", { number: at + 1 })}
              onPress={() => change(texts.filter((_, place) => place !== at))}
            >
              ✕
            </Button>
          )}
        </div>
      ))}
      {texts.length < most && (
        <div>
          <Button onPress={() => change([...texts, ""])}>{t("oneMoreValue")}</Button>
        </div>
      )}
    </div>
  );
}

function OneValue({
  variable: { type, categories },
  label,
  text,
  change,
  isWrong,
}: {
  variable: Schema<"Variable">;
  label: string;
  text: string;
  change: (text: string) => void;
  isWrong: boolean;
}) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  if (type === "CATEGORY" || type === "BOOLEAN") {
    const options: (readonly [string, string])[] =
      type === "CATEGORY"
        ? categories.map(({ value }) => [value, value])
        : [
            ["true", common("yes")],
            ["false", common("no")],
          ];
    return <Choice label={label} options={options} value={text || null} onChange={change} />;
  }
  return (
    <TextField
      value={text}
      onChange={change}
      isInvalid={isWrong}
      validationBehavior="aria"
      className={`react-aria-TextField ${style.grow}`}
    >
      <Label>{label}</Label>
      {type === "TEXT" ? (
        <TextArea dir="auto" rows={3} />
      ) : (
        <Input dir="ltr" inputMode={type === "NUMBER" ? "decimal" : "text"} />
      )}
      <FieldError>
        {type === "DATE" ? t("wrongDate") : type === "NUMBER" ? t("wrongNumber") : t("wrongValue")}
      </FieldError>
    </TextField>
  );
}
