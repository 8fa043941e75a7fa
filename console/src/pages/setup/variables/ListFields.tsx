// The lists in the editor of a variable: categories, conditions, examples.
import { FieldError, Input, Label, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Choice } from "~/parts/Choice.tsx";
import { asList, asOne, type Kind, mostValues, NOTHING } from "~/parts/TypedValue/draft.ts";
import { TypedValue } from "~/parts/TypedValue.tsx";
import type { Variable } from "../queries.ts";
import { categoriesOf, type Draft, keyed, type Wrong } from "./draft.ts";
import { Editables } from "./Editables.tsx";

export interface FieldsProps {
  draft: Draft;
  change: (changed: Partial<Draft>) => void;
  /** The project's other variables, for conditions on them. */
  others: readonly Variable[];
  wrong: readonly Wrong[];
}

const A_TEXT: Kind = { type: "TEXT", categories: [] };
/** Of a condition, and of those that are allowed. */
export const MOST_VALUES = 1_000;

/** How values of the variable are typed that is edited. */
export const kindOf = (draft: Draft): Kind => ({ type: draft.type, categories: categoriesOf(draft) });

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
      fresh={() => keyed({ variable: others[0]?.name ?? "", operator: "EQUALS" as const, value: NOTHING })}
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
              onChange={(name) => set({ variable: name, value: NOTHING })}
            />
            <Choice
              label={t("operator")}
              options={OPERATORS.map((one) => [one, t(`operators.${one}`)] as const)}
              value={operator}
              onChange={(one) => set({ operator: one, value: one === "IN" ? asList(value) : asOne(value) })}
            />
            {operator !== "IS_PRESENT" && (
              <TypedValue
                kind={other ?? A_TEXT}
                label={operator === "IN" ? t("values") : t("value")}
                draft={value}
                onChange={(typed) => set({ value: typed })}
                most={operator === "IN" ? MOST_VALUES : 1}
                rows={1}
                isTold={wrongAt(wrong, "depends_on", at) !== undefined}
                hasNone
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
  const most = mostValues(draft);
  return (
    <Editables
      legend={t("field.golden_examples")}
      about={t("about.golden_examples")}
      items={draft.golden_examples}
      change={(golden_examples) => change({ golden_examples })}
      fresh={() => keyed({ text: "", value: NOTHING, note: "" })}
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
            <TypedValue
              kind={kindOf(draft)}
              label={most > 1 ? t("values") : t("value")}
              draft={value}
              onChange={(typed) => set({ value: typed })}
              most={most}
              rows={1}
              isTold={why === "value"}
              hasRanges
              hasNone
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
