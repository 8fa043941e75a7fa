// Puts a filter together: what of the cell, how it compares, with what.
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { useFilterTexts } from "~/parts/filter-texts.ts";
import {
  type Condition,
  type Field,
  isNamed,
  NAMES,
  type NamedField,
  type Operator,
  operatorsOf,
  writeFilter,
} from "~/parts/filters.ts";
import { valueOfText } from "~/parts/TypedValue/draft.ts";
import { numberIn } from "~/parts/TypedValue/numbers.ts";
import style from "./menus.module.css";

/** What a filter looks at: the value of a variable ("value"), a name, or a field of the cell or of any cell. */
type What = "value" | "document" | "entity" | "confidence" | NamedField;

const FIELDS = ["missing", "confidence", "status", "flag", "verdict", "stale", "support", "origin"] as const;

/** Of a variable's cells; without one, of names and of any cell of the row. */
export function FilterForm({
  variable,
  hasEntities = false,
  add,
}: {
  variable?: Schema<"Variable">;
  hasEntities?: boolean;
  add: (condition: Condition) => void;
}) {
  const t = useTranslations("grid");
  const locale = useLocale();
  const texts = useFilterTexts();
  const first: readonly What[] = variable ? ["value"] : hasEntities ? ["document", "entity"] : ["document"];
  const [what, setWhat] = useState<What>(first[0] ?? "document");
  const [chosen, setOperator] = useState<Operator | null>(null);
  const [value, setValue] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const isName = what === "document" || what === "entity";
  const field: Field = what === "value" || isName ? "" : what;
  const operators = operatorsOf(field, what === "value" ? variable?.type : undefined);
  const operator = chosen && operators.includes(chosen) ? chosen : (operators[0] ?? "=");
  const options = optionsOf(what, operator, variable, texts);
  const picked = options?.some(([key]) => key === value) ? value : "";

  const send = (event: FormEvent) => {
    event.preventDefault();
    const written = options ? picked : typed(what, operator, variable, value, locale);
    if (!written) return setIsWrong(true);
    const subject = isName ? what : variable ? "variable" : "any";
    const condition: Condition = { subject, name: variable?.name ?? "", field, operator, value: written };
    if (writeFilter(condition).length > 500) return setIsWrong(true);
    add(condition);
  };
  return (
    <Form className={style.filter ?? ""} onSubmit={send}>
      <Choice
        label={t("filterBy")}
        options={[...first, ...FIELDS].map((one) => [one, texts.what(one, variable !== undefined)] as const)}
        value={what}
        onChange={(next) => {
          setWhat(next);
          setOperator(null);
          setValue("");
          setIsWrong(false);
        }}
      />
      <Choice
        label={t("comparison")}
        options={operators.map((one) => [one, texts.operator(one)] as const)}
        value={operator}
        onChange={setOperator}
      />
      {options ? (
        <Choice label={t("value")} options={options} value={picked || null} onChange={setValue} />
      ) : (
        <TextField
          value={value}
          onChange={(changed) => {
            setValue(changed);
            setIsWrong(false);
          }}
          isInvalid={isWrong}
          validationBehavior="aria"
        >
          <Label>{what === "confidence" ? t("percent") : t("value")}</Label>
          <Input dir="auto" inputMode={what === "confidence" || variable?.type === "NUMBER" ? "decimal" : "text"} />
          <FieldError>{variable?.type === "DATE" ? t("wrongDate") : t("wrongValue")}</FieldError>
        </TextField>
      )}
      <Button type="submit" className="react-aria-Button primary">
        {t("addFilter")}
      </Button>
    </Form>
  );
}

/** What the value is chosen from; undefined where it is typed. */
function optionsOf(
  what: What,
  operator: Operator,
  variable: Schema<"Variable"> | undefined,
  texts: ReturnType<typeof useFilterTexts>,
): (readonly [string, string])[] | undefined {
  if (what === "document" || what === "entity" || what === "confidence") return undefined;
  if (isNamed(what as Field))
    return NAMES[what as NamedField].map((name) => [name, texts.name(what as NamedField, name)]);
  if (variable?.type === "BOOLEAN") return ["true", "false"].map((name) => [name, texts.yesNo(name)]);
  if (variable?.type === "CATEGORY" && operator !== "~") return variable.categories.map(({ value }) => [value, value]);
  return undefined;
}

/** What was typed, as a filter has it; empty where it makes no sense. */
function typed(
  what: What,
  operator: Operator,
  variable: Schema<"Variable"> | undefined,
  text: string,
  locale: string,
): string {
  if (what === "confidence") {
    const percent = numberIn(text.replace(/[%٪]/, ""), locale);
    return percent !== undefined && percent >= 0 && percent <= 100 ? String(percent / 100) : "";
  }
  if (what === "value" && variable && operator !== "~") return String(valueOfText(text.trim(), variable, locale) ?? "");
  return text.trim();
}
