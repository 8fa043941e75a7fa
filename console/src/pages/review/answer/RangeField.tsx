// The editor of a number or date that may have two ends.
import { useState } from "react";
import { Switch } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Value } from "~/parts/values.ts";
import style from "./answer.module.css";
import { type FieldProps, ValueField } from "./ValueField.tsx";
import { type Ends, isEnds } from "./values.ts";

export function RangeField(props: FieldProps) {
  const t = useTranslations("review.answer");
  const { value, onChange } = props;
  const [hasEnds, setHasEnds] = useState(isEnds(value));
  const ends: Ends = isEnds(value) ? { low: value.low, high: value.high } : { low: value, high: null };
  const change = (changed: Partial<Ends>) => onChange({ ...ends, ...changed } as Value);
  const toggle = (isOn: boolean) => {
    setHasEnds(isOn);
    onChange(isOn ? (ends as unknown as Value) : ends.low);
  };
  return (
    <div className={style.group}>
      {hasEnds ? (
        <div className={style.ends}>
          <ValueField {...props} key="low" label={t("from")} value={ends.low} onChange={(low) => change({ low })} />
          <ValueField
            {...props}
            key="high"
            label={t("to")}
            value={ends.high}
            onChange={(high) => change({ high })}
            autoFocus={false}
          />
        </div>
      ) : (
        <ValueField {...props} key="one" />
      )}
      <Switch isSelected={hasEnds} onChange={toggle}>
        <span className="box" aria-hidden="true">
          {hasEnds ? "✓" : ""}
        </span>
        {t("range")}
      </Switch>
    </div>
  );
}
