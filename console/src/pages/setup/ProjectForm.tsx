// Edits what a project says of its documents and rows; two edits at once are shown side by side.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { ConflictNotice } from "~/parts/ConflictNotice.tsx";
import { useChangeProject } from "~/parts/change-project.ts";
import { changesOf } from "~/parts/edits.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { useEdit } from "~/parts/useEdit.ts";
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

type Project = Schema<"Project">;
type State = Context & Unit;
const FIELDS = [...CONTEXT_FIELDS, ...UNIT_FIELDS] as const;
type Field = (typeof FIELDS)[number];

const stateOf = (project: Project): State => ({ ...contextIn(project), ...unitIn(project.unit) });

export function ProjectForm({ project }: { project: Project }) {
  const t = useTranslations("setup");
  const common = useTranslations("common");
  const { mayEdit } = useRights();
  const change = useChangeProject(project.id);
  const edit = useEdit<Project, State>(project, FIELDS, stateOf, change.isPending);
  const { state, conflict, isDirty } = edit;
  const send = (mine: State, from: Project) =>
    change.mutate(
      { body: bodyOf(changesOf<State>(FIELDS, stateOf(from), mine), mine), etag: from.etag },
      {
        onSuccess: (saved) => {
          if (saved) edit.saved(saved);
          tell({ text: t("saved"), tone: "good" });
        },
        onError: edit.refused,
      },
    );
  if (conflict) {
    const settle = (fromMine: Field[]) => {
      change.reset();
      return edit.settle(fromMine);
    };
    return (
      <ConflictNotice<Field>
        conflicts={conflict.fields}
        nameOf={(field) => t(`field.${field}`)}
        textOf={(field, side) => {
          const value = (side === "mine" ? state : stateOf(conflict.theirs))[field];
          return value === "SINGLE" || value === "MULTIPLE" ? t(`unit.rows.${value}`) : value;
        }}
        save={(fromMine) => send(settle(fromMine), conflict.theirs)}
        goOn={settle}
        takeTheirs={() => settle([])}
      />
    );
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty) send(state, edit.seen);
      }}
    >
      <ContextFields state={state} change={edit.set} isDisabled={!mayEdit} />
      <UnitFields state={state} change={edit.set} isDisabled={!mayEdit} />
      {change.error !== null && <ProblemNotice error={change.error} />}
      {mayEdit && (
        <div className="row">
          <Button type="submit" className="react-aria-Button primary" isDisabled={change.isPending || !isDirty}>
            {common("save")}
          </Button>
          {isDirty && <Button onPress={edit.giveUp}>{common("cancel")}</Button>}
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
