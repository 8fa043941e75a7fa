// Edits a variable of the project; where somebody else has changed it meanwhile, both are shown.
import { useState } from "react";
import { useLocale, useTranslations } from "use-intl";
import { ChangedMeanwhile } from "~/api/changes.ts";
import { useValueText } from "~/parts/CellValue.tsx";
import { ConflictNotice } from "~/parts/ConflictNotice.tsx";
import { changesOf, disagreements, settled } from "~/parts/edits.ts";
import { tell } from "~/parts/toasts.tsx";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import { useChangeVariable, type Variable } from "../queries.ts";
import {
  type Definition,
  type Draft,
  definitionIn,
  definitionOf,
  draftOf,
  FIELDS,
  type Field,
  isSame,
} from "./draft.ts";
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
  const locale = useLocale();
  const draftIn = (from: Variable) => draftOf(definitionIn(from), locale);
  const [draft, setDraft] = useState<Draft>(() => draftIn(variable));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const word = useWords();
  const valueText = useValueText();
  const others = variables.filter(({ id }) => id !== variable.id);
  const { definition, wrong } = definitionOf(draft, kindsOf(variables), locale);
  const change = useChangeVariable(variable.id);
  const isTyped = !isSame(draft, draftIn(seen));
  const { leave, saved } = useUnsaved(isTyped || conflict !== null);
  const done = () => {
    saved();
    close();
  };
  // Where nothing was typed yet, what somebody else has saved meanwhile is simply shown.
  if (variable.etag !== seen.etag && !conflict && !change.isPending && !isTyped) {
    setSeen(variable);
    setDraft(draftIn(variable));
  }

  const send = (mine: Definition, from: Variable) => {
    const body = changesOf<Definition>(FIELDS, definitionIn(from), mine);
    if (Object.keys(body).length === 0) return done();
    change.mutate(
      { body, etag: from.etag },
      {
        onSuccess: () => {
          tell({ text: t("variable.saved", { name: mine.display_name || mine.name }), tone: "good" });
          done();
        },
        onError: (error) => {
          if (error instanceof ChangedMeanwhile && error.now) setConflict({ mine, theirs: error.now });
        },
      },
    );
  };
  const settle = (fromMine: Field[]): Definition => {
    if (!conflict) return definition;
    const agreed = settled<Definition>(conflict.mine, definitionIn(conflict.theirs), fromMine);
    setSeen(conflict.theirs);
    setDraft(draftOf(agreed, locale));
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
        textOf={(field, side) => shownField(side === "mine" ? conflict.mine : theirs, field, word, valueText)}
        save={(fromMine) => send(settle(fromMine), conflict.theirs)}
        goOn={settle}
        takeTheirs={done}
      />
    );
  }
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
        error={change.error}
        save={() => send(definition, seen)}
        cancel={() => leave(close)}
      />
      <VariableSuggestions variable={variable} />
    </div>
  );
}

/** How values of variables are typed, by their names. */
export const kindsOf = (variables: readonly Variable[]) => new Map(variables.map((one) => [one.name, one]));
