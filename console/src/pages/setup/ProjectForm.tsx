// Edits what a project says of its documents and rows; two edits at once are shown side by side.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { ConflictNotice } from "./ConflictNotice.tsx";
import {
  CONTEXT_FIELDS,
  type Context,
  ContextFields,
  contextIn,
  UNIT_FIELDS,
  type Unit,
  UnitFields,
  unitIn,
} from "./ContextFields.tsx";
import { changesOf, disagreements, settled } from "./edits.ts";
import { projectNow, useChangeProject } from "./queries.ts";

type Project = Schema<"Project">;
type State = Context & Unit;
const FIELDS = [...CONTEXT_FIELDS, ...UNIT_FIELDS] as const;
type Field = (typeof FIELDS)[number];

const stateOf = (project: Project): State => ({ ...contextIn(project), ...unitIn(project.unit) });
const isChanged = (from: State, to: State) => Object.keys(changesOf<State>(FIELDS, from, to)).length > 0;

export function ProjectForm({ project }: { project: Project }) {
  const t = useTranslations("setup");
  const common = useTranslations("common");
  const { mayEdit } = useRights();
  const [seen, setSeen] = useState(project);
  const [state, setState] = useState(() => stateOf(project));
  const [theirs, setTheirs] = useState<Project | null>(null);
  const change = useChangeProject(project.id);
  if (project.etag !== seen.etag && !theirs && !change.isPending && !isChanged(stateOf(seen), state)) {
    setSeen(project);
    setState(stateOf(project));
  }
  const send = (mine: State, from: Project) =>
    change.mutate(
      { body: bodyOf(changesOf<State>(FIELDS, stateOf(from), mine), mine), etag: from.etag },
      {
        onSuccess: (saved) => {
          if (saved) setSeen(saved);
          if (saved) setState(stateOf(saved));
          tell({ text: t("saved"), tone: "good" });
        },
        onError: async (error) => {
          if (isProblem(error) && error.status === 412) {
            setTheirs((await projectNow(project.id).catch(() => undefined)) ?? null);
          }
        },
      },
    );
  const settle = (fromMine: Field[]): State => {
    if (!theirs) return state;
    const agreed = settled<State>(state, stateOf(theirs), fromMine);
    setSeen(theirs);
    setState(agreed);
    setTheirs(null);
    change.reset();
    return agreed;
  };
  if (theirs) {
    const found = disagreements<Record<Field, unknown>>(FIELDS, stateOf(seen), state, stateOf(theirs));
    return (
      <ConflictNotice<Field>
        conflicts={found}
        nameOf={(field) => t(`field.${field}`)}
        textOf={(field, side) => {
          const value = (side === "mine" ? state : stateOf(theirs))[field];
          return value === "SINGLE" || value === "MULTIPLE" ? t(`unit.rows.${value}`) : value;
        }}
        save={(fromMine) => send(settle(fromMine), theirs)}
        goOn={settle}
        takeTheirs={() => settle([])}
      />
    );
  }
  const set = (changed: Partial<State>) => setState((known) => ({ ...known, ...changed }));
  const isDirty = isChanged(stateOf(seen), state);
  const isConflict = isProblem(change.error) && change.error.status === 412;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty) send(state, seen);
      }}
    >
      <ContextFields state={state} change={set} isDisabled={!mayEdit} />
      <UnitFields state={state} change={set} isDisabled={!mayEdit} />
      {change.error !== null && !isConflict && <ProblemNotice error={change.error} />}
      {mayEdit && (
        <div className="row">
          <Button type="submit" className="react-aria-Button primary" isDisabled={change.isPending || !isDirty}>
            {common("save")}
          </Button>
          {isDirty && <Button onPress={() => setState(stateOf(seen))}>{common("cancel")}</Button>}
        </div>
      )}
    </form>
  );
}

/** A unit is sent as a whole where anything of it has changed. */
function bodyOf(changes: Partial<State>, state: State): Schema<"UpdateProjectRequest"> {
  const { row_is, rows_per_document, entity_identification_pattern, ...context } = changes;
  const hasUnit =
    row_is !== undefined || rows_per_document !== undefined || entity_identification_pattern !== undefined;
  return { ...context, ...(hasUnit && { unit: unitIn(state) }) };
}
