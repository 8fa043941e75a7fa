// Edits a variable of the project; where somebody else has changed it meanwhile, both are shown.
import { useState } from "react";
import { useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import { tell } from "~/parts/toasts.tsx";
import { ConflictNotice } from "../ConflictNotice.tsx";
import { changesOf, disagreements, settled } from "../edits.ts";
import { useChangeVariable, type Variable, variableNow } from "../queries.ts";
import { type Definition, type Draft, definitionIn, definitionOf, draftOf, FIELDS, type Field } from "./draft.ts";
import { shownField } from "./shown.ts";
import { useWords } from "./useWords.ts";
import { VariableForm } from "./VariableForm.tsx";
import { VariableSuggestions } from "./VariableSuggestions.tsx";
import style from "./Variables.module.css";

/** A conflict: what was typed, and the variable as somebody else has saved it. */
interface Conflict {
  mine: Definition;
  theirs: Variable;
}

export function EditVariable({
  variable,
  variables,
  close,
}: {
  variable: Variable;
  variables: readonly Variable[];
  close: () => void;
}) {
  const t = useTranslations("setup");
  const [seen, setSeen] = useState(variable);
  const [draft, setDraft] = useState<Draft>(() => draftOf(definitionIn(variable)));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const word = useWords();
  const others = variables.filter(({ id }) => id !== variable.id);
  const { definition, wrong } = definitionOf(draft, typesOf(variables));
  const change = useChangeVariable(variable.id);
  // Where nothing was typed yet, what somebody else has saved meanwhile is simply shown.
  if (variable.etag !== seen.etag && !conflict && !change.isPending && isSame(definition, seen)) {
    setSeen(variable);
    setDraft(draftOf(definitionIn(variable)));
  }

  const send = (mine: Definition, from: Variable) => {
    const body = changesOf<Definition>(FIELDS, definitionIn(from), mine);
    if (Object.keys(body).length === 0) return close();
    change.mutate(
      { body: bodyOf(body), etag: from.etag },
      {
        onSuccess: () => {
          tell({ text: t("variable.saved", { name: mine.display_name || mine.name }), tone: "good" });
          close();
        },
        onError: async (error) => {
          if (!isProblem(error) || error.status !== 412) return;
          const theirs = await variableNow(variable.id).catch(() => undefined);
          if (theirs) setConflict({ mine, theirs });
        },
      },
    );
  };
  const settle = (fromMine: Field[]): Definition => {
    if (!conflict) return definition;
    const agreed = settled<Definition>(conflict.mine, definitionIn(conflict.theirs), fromMine);
    setSeen(conflict.theirs);
    setDraft(draftOf(agreed));
    setConflict(null);
    change.reset();
    return agreed;
  };

  if (conflict) {
    const theirs = definitionIn(conflict.theirs);
    return (
      <ConflictNotice<Field>
        conflicts={disagreements<Record<Field, unknown>>(FIELDS, definitionIn(seen), conflict.mine, theirs)}
        nameOf={(field) => t(`variable.field.${field}`)}
        textOf={(field, side) => shownField(side === "mine" ? conflict.mine : theirs, field, word)}
        save={(fromMine) => send(settle(fromMine), conflict.theirs)}
        goOn={settle}
        takeTheirs={close}
      />
    );
  }
  const isConflict = isProblem(change.error) && change.error.status === 412;
  return (
    <div className={style.editor}>
      <h3>
        <bdi>{variable.display_name}</bdi>
      </h3>
      {seen.warnings.map((warning) => (
        <p key={warning} className={style.warning} dir="auto" lang="en">
          <span aria-hidden="true">⚠</span> {warning}
        </p>
      ))}
      <VariableForm
        draft={draft}
        change={(changed) => setDraft((known) => ({ ...known, ...changed }))}
        others={others}
        wrong={wrong}
        isNew={false}
        isSaving={change.isPending}
        error={isConflict ? null : change.error}
        save={() => send(definition, seen)}
        cancel={close}
      />
      <VariableSuggestions variable={variable} />
    </div>
  );
}

const isSame = (definition: Definition, variable: Variable) =>
  Object.keys(changesOf<Definition>(FIELDS, definitionIn(variable), definition)).length === 0;

export const typesOf = (variables: readonly Variable[]) => new Map(variables.map(({ name, type }) => [name, type]));

/** Without what is null, where the API has no null: nothing is said of it then. */
export function bodyOf({ reading, ...rest }: Partial<Definition>): Omit<Partial<Definition>, "reading"> & {
  reading?: "STATED" | "INFERRED";
} {
  return { ...rest, ...(reading && { reading }) };
}
