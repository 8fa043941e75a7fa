// One of a few things, all of which are shown.
import { Label, Radio, RadioGroup } from "react-aria-components";
import type { Value } from "~/parts/values.ts";
import style from "./answer.module.css";

/** `more`: what an option means. */
export interface Option {
  key: string;
  text: string;
  more?: string;
}

export function OneOf({
  label,
  options,
  chosen,
  onChange,
  autoFocus,
}: {
  label: string;
  options: readonly Option[];
  chosen: Value;
  onChange: (key: string) => void;
  autoFocus: boolean;
}) {
  const first = typeof chosen === "string" ? chosen : options[0]?.key;
  return (
    <RadioGroup value={typeof chosen === "string" ? chosen : null} onChange={onChange} className={style.group ?? ""}>
      <Label>{label}</Label>
      {options.map(({ key, text, more }) => (
        <Radio key={key} value={key} autoFocus={autoFocus && key === first}>
          <span className="box" aria-hidden="true">
            {chosen === key ? "●" : ""}
          </span>
          <span>
            <bdi>{text}</bdi>
            {more && (
              <span dir="auto" className={`quiet ${style.more}`}>
                {more}
              </span>
            )}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
