// Takes one of a few things, all of which are in view.
import { Label, Radio, RadioGroup } from "react-aria-components";
import { keyOf, type Option, valueAt } from "./choices.ts";
import type { Text } from "./draft.ts";
import style from "./TypedValue.module.css";

export function OneOf({
  label,
  options,
  chosen,
  onChange,
  autoFocus,
}: {
  label: string;
  options: readonly Option[];
  chosen: Text;
  onChange: (value: Text) => void;
  autoFocus: boolean;
}) {
  const first = chosen ?? options[0]?.value;
  return (
    <RadioGroup
      value={chosen === null ? null : keyOf(chosen)}
      onChange={(key) => onChange(valueAt(key))}
      className={style.group ?? ""}
    >
      <Label>{label}</Label>
      {options.map(({ value, text, more }) => (
        <Radio key={value} value={keyOf(value)} autoFocus={autoFocus && value === first}>
          <span className="box" aria-hidden="true">
            {chosen === value ? "●" : ""}
          </span>
          <OptionText text={text} more={more} />
        </Radio>
      ))}
    </RadioGroup>
  );
}

/** An option with what it means. */
export function OptionText({ text, more }: { text: string; more: string | undefined }) {
  return (
    <span>
      <bdi>{text}</bdi>
      {more && (
        <span dir="auto" className={`quiet ${style.more}`}>
          {more}
        </span>
      )}
    </span>
  );
}
