// The lists in the editor of a variable: categories, conditions, examples.
import { FieldError, Input, Label, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Choice } from "~/parts/Choice.tsx";
import type { Variable } from "../queries.ts";
import { type Draft, keyed, type Wrong } from "./draft.ts";
import { Editables } from "./Editables.tsx";
import { TypedInput } from "./TypedInput.tsx";

export interface FieldsProps {
  draft: Draft;
  change: (changed: Partial<Draft>) => void;
  /** The project's other variables, for conditions on them. */
  others: readonly Variable[];
  wrong: readonly Wrong[];
}

const OPERATORS = ["EQUALS", "NOT_EQUALS", "IN", "GREATER", "LESS", "IS_PRESENT"] as const;

const wrongAt = (wrong: readonly Wrong[], field: Wrong["field"], at: number) =>
  wrong.find((one) => one.field === field && one.at === at)?.why;

export function CategoriesField({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("setup.variable");
  return (
    <Editables
      legend={t("field.categories")}
      about={t("about.categories")}
      items={draft.categories}
      change={(categories) => change({ categories })}
      fresh={() => keyed({ value: "", description: "" })}
      addLabel={t("addCategory")}
      nameOf={({ value }, at) => value || t("number", { number: at + 1 })}
    >
      {({ value, description }, set, at) => {
        const why = wrongAt(wrong, "categories", at);
        return (
          <>
            <TextField
              value={value}
              onChange={(typed) => set({ value: typed })}
              isInvalid={why !== undefined}
              validationBehavior="aria"
            >
              <Label>{t("category")}</Label>
              <Input dir="auto" />
              <FieldError>{why && t(`wrong.${why}`)}</FieldError>
            </TextField>
            <TextField value={description} onChange={(typed) => set({ description: typed })}>
              <Label>{t("description")}</Label>
              <TextArea dir="auto" rows={2} />
            </TextField>
          </>
        );
      }}
    </Editables>
  );
}

export function ConditionsField({ draft, change, others, wrong }: FieldsProps) {
  const t = useTranslations("setup.variable");
  return (
    <Editables
      legend={t("field.depends_on")}
      about={t("about.depends_on")}
      items={draft.depends_on}
      change={(depends_on) => change({ depends_on })}
      fresh={() => keyed({ variable: others[0]?.name ?? "", operator: "EQUALS" as const, value: "" })}
      addLabel={t("addCondition")}
      nameOf={({ variable }, at) => variable || t("number", { number: at + 1 })}
    >
      {({ variable, operator, value }, set, at) => {
        const other = others.find(({ name }) => name === variable);
        return (
          <>
            <Choice
              label={t("otherVariable")}
              options={others.map(({ name, display_name }) => [name, display_name] as const)}
              value={variable || null}
              onChange={(name) => set({ variable: name, value: "" })}
            />
            <Choice
              label={t("operator")}
              options={OPERATORS.map((one) => [one, t(`operators.${one}`)] as const)}
              value={operator}
              onChange={(one) => set({ operator: one })}
            />
            {operator !== "IS_PRESENT" && (
              <TypedInput
                label={operator === "IN" ? t("valuesByLine") : t("value")}
                type={other?.type ?? "TEXT"}
                categories={other?.categories ?? []}
                text={value}
                onChange={(typed) => set({ value: typed })}
                rows={operator === "IN" ? 3 : 1}
                isWrong={wrongAt(wrong, "depends_on", at) !== undefined}
              />
            )}
          </>
        );
      }}
    </Editables>
  );
}

export function ExamplesField({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("setup.variable");
  const hasSeveral = draft.if_multiple_values === "ALL" || draft.if_multiple_values === "CONCATENATE";
  return (
    <Editables
      legend={t("field.golden_examples")}
      about={t("about.golden_examples")}
      items={draft.golden_examples}
      change={(golden_examples) => change({ golden_examples })}
      fresh={() => keyed({ text: "", value: "", note: "" })}
      addLabel={t("addExample")}
      nameOf={(_, at) => t("number", { number: at + 1 })}
    >
      {({ text, value, note }, set, at) => {
        const why = wrongAt(wrong, "golden_examples", at);
        return (
          <>
            <TextField
              value={text}
              onChange={(typed) => set({ text: typed })}
              isInvalid={why === "exampleEmpty"}
              validationBehavior="aria"
            >
              <Label>{t("passage")}</Label>
              <TextArea dir="auto" rows={3} />
              <FieldError>{t("wrong.exampleEmpty")}</FieldError>
            </TextField>
            <TypedInput
              label={hasSeveral ? t("valuesByLine") : t("value")}
              type={draft.type}
              categories={draft.categories}
              text={value}
              onChange={(typed) => set({ value: typed })}
              rows={hasSeveral ? 2 : 1}
              isWrong={why === "value"}
            />
            <TextField value={note} onChange={(typed) => set({ note: typed })}>
              <Label>{t("note")}</Label>
              <Input dir="auto" />
            </TextField>
          </>
        );
      }}
    </Editables>
  );
}
