// Several of the categories of a variable.
import { Checkbox, CheckboxGroup, Label } from "react-aria-components";
import type { Schema } from "~/api/types.ts";
import type { Value } from "~/parts/values.ts";
import style from "./answer.module.css";

export function SeveralOf({
  categories,
  label,
  values,
  onChange,
}: {
  categories: readonly Schema<"Category">[];
  label: string;
  values: readonly Value[];
  onChange: (values: Value[]) => void;
}) {
  const chosen = values.filter((value) => typeof value === "string");
  return (
    <CheckboxGroup value={chosen} onChange={onChange} className={style.group ?? ""}>
      <Label>{label}</Label>
      {categories.map(({ value, description }, at) => (
        <Checkbox key={value} value={value} autoFocus={at === 0}>
          <span className="box" aria-hidden="true">
            {chosen.includes(value) ? "✓" : ""}
          </span>
          <span>
            <bdi>{value}</bdi>
            {description && (
              <span dir="auto" className={`quiet ${style.more}`}>
                {description}
              </span>
            )}
          </span>
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}
