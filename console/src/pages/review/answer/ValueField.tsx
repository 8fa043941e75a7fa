// The editor of one value, by the type of its variable.
import { Input, Label, NumberField, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import type { Value } from "~/parts/values.ts";
import { DateField } from "./DateField.tsx";
import { OneOf } from "./OneOf.tsx";

export interface FieldProps {
  variable: Schema<"Variable">;
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  /** Whether it takes the focus when it is first shown. */
  autoFocus?: boolean;
}

export function ValueField(props: FieldProps) {
  switch (props.variable.type) {
    case "NUMBER":
      return <NumberOf {...props} />;
    case "DATE":
      return <DateField {...props} />;
    case "CATEGORY":
      return <CategoryOf {...props} />;
    case "BOOLEAN":
      return <YesOrNo {...props} />;
    default:
      return <TextOf {...props} />;
  }
}

const AS_WRITTEN: Intl.NumberFormatOptions = { maximumFractionDigits: 12 };

function NumberOf({ label, value, onChange, autoFocus = false }: FieldProps) {
  return (
    <NumberField
      value={typeof value === "number" ? value : Number.NaN}
      onChange={(typed) => onChange(Number.isNaN(typed) ? null : typed)}
      formatOptions={AS_WRITTEN}
      autoFocus={autoFocus}
    >
      <Label>{label}</Label>
      <Input />
    </NumberField>
  );
}

function TextOf({ label, value, onChange, autoFocus = false }: FieldProps) {
  return (
    <TextField value={typeof value === "string" ? value : ""} onChange={onChange} autoFocus={autoFocus}>
      <Label>{label}</Label>
      <TextArea dir="auto" rows={2} />
    </TextField>
  );
}

function CategoryOf({ variable, label, value, onChange, autoFocus = false }: FieldProps) {
  const options = variable.categories.map((one) => ({ key: one.value, text: one.value, more: one.description }));
  return <OneOf label={label} options={options} chosen={value} onChange={onChange} autoFocus={autoFocus} />;
}

function YesOrNo({ label, value, onChange, autoFocus = false }: FieldProps) {
  const t = useTranslations("common");
  const options = [
    { key: "true", text: t("yes") },
    { key: "false", text: t("no") },
  ];
  const chosen = typeof value === "boolean" ? String(value) : null;
  return (
    <OneOf
      label={label}
      options={options}
      chosen={chosen}
      onChange={(key) => onChange(key === "true")}
      autoFocus={autoFocus}
    />
  );
}
