// The editor of a date, of which a part may not be known.
import { useState } from "react";
import { Group, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./answer.module.css";
import { type DateParts, dateOf, partsOf } from "./dates.ts";
import type { FieldProps } from "./ValueField.tsx";

const PARTS = [
  ["year", 4],
  ["month", 2],
  ["day", 2],
] as const;

export function DateField({ label, value, onChange, autoFocus = false }: FieldProps) {
  const t = useTranslations("review.answer");
  const [parts, setParts] = useState<DateParts>(() => partsOf(value));
  const isWrong = dateOf(parts) === null && Object.values(parts).some((part) => part !== "");
  const change = (part: keyof DateParts, typed: string) => {
    const changed = { ...parts, [part]: typed };
    setParts(changed);
    onChange(dateOf(changed));
  };
  return (
    <Group aria-label={label} className={style.group ?? ""}>
      <span className="react-aria-Label" aria-hidden="true">
        {label}
      </span>
      <div className={style.date}>
        {PARTS.map(([part, length]) => (
          <TextField
            key={part}
            value={parts[part]}
            onChange={(typed) => change(part, typed)}
            isInvalid={isWrong}
            autoFocus={autoFocus && part === "year"}
          >
            <Label>{t(part)}</Label>
            <Input inputMode="numeric" size={length + 1} maxLength={length} dir="ltr" />
          </TextField>
        ))}
      </div>
      <span className={isWrong ? "field-error" : "quiet"} role={isWrong ? "alert" : undefined}>
        {isWrong ? t("noDate") : t("partOfDate")}
      </span>
    </Group>
  );
}
