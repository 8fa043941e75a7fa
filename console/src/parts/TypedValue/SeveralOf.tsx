// Takes several of the categories of a variable.
import { Checkbox, CheckboxGroup, Label } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import { keyOf, useOptions, valueAt } from "./choices.ts";
import { type Draft, type Kind, readDraft } from "./draft.ts";
import { OptionText } from "./OneOf.tsx";
import style from "./TypedValue.module.css";

export function SeveralOf({
  kind,
  label,
  draft,
  onChange,
  isTold,
  autoFocus,
}: {
  kind: Kind;
  label: string;
  draft: Draft;
  onChange: (draft: Draft) => void;
  isTold: boolean;
  autoFocus: boolean;
}) {
  const t = useTranslations("typed");
  const chosen = draft.ones.filter((one) => typeof one === "string");
  const options = useOptions(kind, chosen);
  const isWrong = readDraft(draft, kind, useLocale()) === undefined;
  return (
    <CheckboxGroup
      value={chosen.map(keyOf)}
      onChange={(keys) => onChange({ isList: true, ones: keys.length > 0 ? keys.map(valueAt) : [null] })}
      className={style.group ?? ""}
    >
      <Label>{label}</Label>
      {options.map(({ value, text, more }, at) => (
        <Checkbox key={value} value={keyOf(value)} autoFocus={autoFocus && at === 0}>
          <span className="box" aria-hidden="true">
            {chosen.includes(value) ? "✓" : ""}
          </span>
          <OptionText text={text} more={more} />
        </Checkbox>
      ))}
      {isTold && isWrong && (
        <p role="alert" className="field-error">
          {t("wrong.CATEGORY")}
        </p>
      )}
    </CheckboxGroup>
  );
}
