// Takes a date, of which a part may not be known.
import { Group, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { type DateParts, dateIn, partsOf, textOfParts } from "./dates.ts";
import type { FieldProps } from "./field.ts";
import style from "./TypedValue.module.css";

const PARTS = [
  ["year", 4],
  ["month", 2],
  ["day", 2],
] as const;

export function DateField({ label, text, onChange, autoFocus = false }: Omit<FieldProps, "kind" | "isTold">) {
  const t = useTranslations("typed");
  const parts = partsOf(text ?? "");
  const isWrong = text !== null && dateIn(text) === undefined;
  const change = (part: keyof DateParts, typed: string) => onChange(textOfParts({ ...parts, [part]: typed }) || null);
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
            validationBehavior="aria"
            autoFocus={autoFocus && part === "year"}
          >
            <Label>{t(part)}</Label>
            <Input inputMode="numeric" size={length + 1} dir="ltr" />
          </TextField>
        ))}
      </div>
      <span className={isWrong ? "field-error" : "quiet"} role={isWrong ? "alert" : undefined}>
        {isWrong ? t("wrong.DATE") : t("partOfDate")}
      </span>
    </Group>
  );
}
