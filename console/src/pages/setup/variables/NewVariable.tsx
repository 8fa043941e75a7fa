// Adds a variable: an empty one, or one that was proposed, with other words.
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { tell } from "~/parts/toasts.tsx";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import { useCreateVariable, type Variable } from "../queries.ts";
import { type Definition, definitionOf, draftOf, EMPTY, isSame, type Wrong } from "./draft.ts";
import { kindsOf } from "./EditVariable.tsx";
import { VariableForm } from "./VariableForm.tsx";
import style from "./Variables.module.css";

/** `created`: is called once it stands. */
export function NewVariable({
  projectId,
  variables,
  proposed = EMPTY,
  created,
  close,
}: {
  projectId: string;
  variables: readonly Variable[];
  proposed?: Definition;
  created?: () => void;
  close: () => void;
}) {
  const t = useTranslations("setup.variable");
  const locale = useLocale();
  const [begun] = useState(() => draftOf(proposed, locale));
  const [draft, setDraft] = useState(begun);
  const { leave, saved } = useUnsaved(!isSame(draft, begun));
  const create = useCreateVariable(projectId);
  const { definition, wrong } = definitionOf(draft, kindsOf(variables), locale);
  const isTaken = variables.some(({ name }) => name === draft.name);
  const all: Wrong[] = isTaken ? [...wrong, { field: "name", why: "nameTaken" }] : wrong;
  const save = () =>
    create.mutate(definition, {
      onSuccess: () => {
        tell({ text: t("created", { name: definition.display_name || definition.name }), tone: "good" });
        saved();
        created?.();
        close();
      },
    });
  return (
    <div className={style.editor}>
      <h3>{t("new")}</h3>
      <VariableForm
        draft={draft}
        change={(changed) => setDraft((known) => ({ ...known, ...changed }))}
        others={variables}
        wrong={all}
        isNew
        isSaving={create.isPending}
        error={create.error}
        save={save}
        cancel={() => leave(close)}
      />
    </div>
  );
}
