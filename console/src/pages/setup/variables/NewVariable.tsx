// Adds a variable: an empty one, or one that was proposed, with other words.
import { useState } from "react";
import { useTranslations } from "use-intl";
import { tell } from "~/parts/toasts.tsx";
import { useCreateVariable, type Variable } from "../queries.ts";
import { type Definition, definitionOf, draftOf, EMPTY, type Wrong } from "./draft.ts";
import { bodyOf, typesOf } from "./EditVariable.tsx";
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
  const [draft, setDraft] = useState(() => draftOf(proposed));
  const create = useCreateVariable(projectId);
  const { definition, wrong } = definitionOf(draft, typesOf(variables));
  const isTaken = variables.some(({ name }) => name === draft.name);
  const all: Wrong[] = isTaken ? [...wrong, { field: "name", why: "nameTaken" }] : wrong;
  const save = () =>
    create.mutate(bodyOf(definition), {
      onSuccess: () => {
        tell({ text: t("created", { name: definition.display_name || definition.name }), tone: "good" });
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
        cancel={close}
      />
    </div>
  );
}
