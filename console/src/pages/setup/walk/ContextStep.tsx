// The step that says what the documents are.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { changesOf } from "~/parts/edits.ts";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import { CONTEXT_FIELDS, type Context, contextIn, KindFields } from "../ContextFields.tsx";
import type { StepProps } from "./step.ts";

export function ContextStep({ setup, state, isBusy, call, hint }: StepProps) {
  const t = useTranslations("setup.walk");
  const { mayEdit } = useRights();
  const begun = { ...contextIn(state.context ?? setup.project), description: setup.project.description };
  const [fields, setFields] = useState<Context>(begun);
  const context: Context = { ...fields, description: hint };
  const isEdited = Object.keys(changesOf<Context>(CONTEXT_FIELDS, begun, context)).length > 0;
  useUnsaved(isEdited);
  const isEmpty = CONTEXT_FIELDS.every((field) => context[field].trim() === "");
  // The default is taken as it is; what was written is sent in its place.
  const body = state.context && !isEdited ? {} : { context };
  return (
    <>
      <KindFields state={context} change={(changed) => setFields({ ...fields, ...changed })} isDisabled={!mayEdit} />
      {mayEdit && (
        <div>
          <Button
            className="react-aria-Button primary"
            isDisabled={isBusy || isEmpty}
            onPress={() => call({ call: "accept", body })}
          >
            {state.context && isEdited ? t("takeEdited") : t("take")}
          </Button>
        </div>
      )}
    </>
  );
}
