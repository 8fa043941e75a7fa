// Takes a number or date that may have two ends.
import { Switch } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Ends, Text } from "./draft.ts";
import type { FieldProps } from "./field.ts";
import { TextOfValue } from "./TextOfValue.tsx";
import style from "./TypedValue.module.css";

/** `one`: a text, or two ends. */
export function RangeField({
  one,
  onChange,
  ...field
}: Omit<FieldProps, "text" | "onChange"> & { one: Text | Ends; onChange: (one: Text | Ends) => void }) {
  const t = useTranslations("typed");
  const ends = typeof one === "object" && one !== null ? one : null;
  return (
    <div className={style.group}>
      {ends ? (
        <div className={style.ends}>
          <TextOfValue {...field} label={t("from")} text={ends.low} onChange={(low) => onChange({ ...ends, low })} />
          <TextOfValue
            {...field}
            label={t("to")}
            text={ends.high}
            onChange={(high) => onChange({ ...ends, high })}
            autoFocus={false}
          />
        </div>
      ) : (
        <TextOfValue {...field} text={one as Text} onChange={onChange} />
      )}
      <Switch
        isSelected={ends !== null}
        onChange={(isOn) => onChange(isOn ? { low: one as Text, high: null, more: {} } : (ends?.low ?? null))}
      >
        <span className="box" aria-hidden="true">
          {ends ? "✓" : ""}
        </span>
        {t("range")}
      </Switch>
    </div>
  );
}
