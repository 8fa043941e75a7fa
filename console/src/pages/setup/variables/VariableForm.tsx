// The form of a variable: everything that defines it.

import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Button, FieldError, Form, Input, Label, Text, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Choice } from "~/parts/Choice.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useList } from "~/parts/useList.ts";
import { columnName, type Wrong } from "./draft.ts";
import { CategoriesField, ConditionsField, ExamplesField, type FieldsProps } from "./ListFields.tsx";
import { EvidenceSettings, RulesFields, ValueSettings } from "./SettingsFields.tsx";
import style from "./Variables.module.css";

const TYPES = ["TEXT", "NUMBER", "DATE", "CATEGORY", "BOOLEAN"] as const;

/** `isNew`: its column's name follows the name for people until it is typed itself. */
export function VariableForm({
  draft,
  change,
  others,
  wrong,
  isNew,
  isSaving,
  error,
  save,
  cancel,
}: FieldsProps & {
  isNew: boolean;
  isSaving: boolean;
  error: unknown;
  save: () => void;
  cancel: () => void;
}) {
  const t = useTranslations("setup.variable");
  const common = useTranslations("common");
  const list = useList();
  const [isTold, setIsTold] = useState(false);
  const told: readonly Wrong[] = isTold ? wrong : [];
  const fields: FieldsProps = { draft, change, others, wrong: told };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTold(true);
    if (wrong.length === 0) save();
  };
  return (
    <Form className={style.form ?? ""} onSubmit={submit} aria-label={draft.display_name || t("new")}>
      <Basics {...fields} isNew={isNew} />
      {draft.type === "CATEGORY" && <CategoriesField {...fields} />}
      <Group title={t("group.value")} isWrong={isAnyOf(told, "default_value")}>
        <ValueSettings {...fields} />
      </Group>
      <Group title={t("group.evidence")}>
        <EvidenceSettings {...fields} />
      </Group>
      <Group title={t("group.rules")} isWrong={isAnyOf(told, "validation_rules")}>
        <RulesFields {...fields} />
      </Group>
      <Group title={t("group.conditions", { count: draft.depends_on.length })} isWrong={isAnyOf(told, "depends_on")}>
        <ConditionsField {...fields} />
      </Group>
      <Group
        title={t("group.examples", { count: draft.golden_examples.length })}
        isWrong={isAnyOf(told, "golden_examples")}
      >
        <ExamplesField {...fields} />
      </Group>
      {error !== null && error !== undefined && <ProblemNotice error={error} />}
      {told.length > 0 && (
        <p className="field-error" role="alert">
          {t("notYet", { fields: list([...new Set(told.map(({ field }) => t(`field.${field}`)))]) })}
        </p>
      )}
      <div className={style.acts}>
        <Button type="submit" className="react-aria-Button primary" isDisabled={isSaving}>
          {isNew ? t("create") : common("save")}
        </Button>
        <Button onPress={cancel}>{common("cancel")}</Button>
      </div>
    </Form>
  );
}

const isAnyOf = (wrong: readonly Wrong[], name: Wrong["field"]) => wrong.some(({ field }) => field === name);

/** Opens by itself where something in it is wrong; only the person closes it. */
function Group({ title, isWrong = false, children }: { title: string; isWrong?: boolean; children: ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (isWrong && details.current) details.current.open = true;
  }, [isWrong]);
  return (
    <details ref={details} className={style.group}>
      <summary>{title}</summary>
      <div className="stack">{children}</div>
    </details>
  );
}

function Basics({ draft, change, wrong, isNew }: FieldsProps & { isNew: boolean }) {
  const t = useTranslations("setup.variable");
  const types = useTranslations("words.type");
  const wrongName = wrong.find(({ field }) => field === "name")?.why;
  const follows = isNew && draft.name === columnName(draft.display_name);
  const rename = (display_name: string) => change({ display_name, ...(follows && { name: columnName(display_name) }) });
  return (
    <>
      <div className={style.pair}>
        <TextField value={draft.display_name} onChange={rename} autoFocus={isNew}>
          <Label>{t("field.display_name")}</Label>
          <Input dir="auto" maxLength={200} />
        </TextField>
        <TextField
          value={draft.name}
          onChange={(name) => change({ name })}
          isInvalid={wrongName !== undefined}
          validationBehavior="aria"
        >
          <Label>{t("field.name")}</Label>
          <Input dir="ltr" maxLength={63} spellCheck="false" />
          <Text slot="description">{t("about.name")}</Text>
          <FieldError>{wrongName && t(`wrong.${wrongName}`)}</FieldError>
        </TextField>
        <Choice
          label={t("field.type")}
          options={TYPES.map((one) => [one, types(one)] as const)}
          value={draft.type}
          onChange={(type) => change({ type })}
        />
      </div>
      <TextField value={draft.instructions} onChange={(instructions) => change({ instructions })}>
        <Label>{t("field.instructions")}</Label>
        <TextArea dir="auto" rows={5} maxLength={20_000} />
        <Text slot="description">{t("about.instructions")}</Text>
      </TextField>
    </>
  );
}
