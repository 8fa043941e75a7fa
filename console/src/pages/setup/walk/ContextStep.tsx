// The step that says what the documents are.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { CONTEXT_FIELDS, type Context, ContextFields, contextIn } from "../ContextFields.tsx";
import { changesOf } from "../edits.ts";
import type { StepProps } from "./StepPanel.tsx";

export function ContextStep({ setup, state, isBusy, call }: StepProps) {
  const t = useTranslations("setup.walk");
  const { mayEdit } = useRights();
  const begun = contextIn(state.context ?? setup.project);
  const [context, setContext] = useState<Context>(() => ({
    ...begun,
    description: begun.description || setup.project.description,
  }));
  const isEdited = Object.keys(changesOf<Context>(CONTEXT_FIELDS, begun, context)).length > 0;
  const isEmpty = CONTEXT_FIELDS.every((field) => context[field].trim() === "");
  // The default is taken as it is; what was written is sent in its place.
  const body = state.context && !isEdited ? {} : { context: { ...context } };
  return (
    <>
      <ContextFields
        state={context}
        change={(changed) => setContext({ ...context, ...changed })}
        isDisabled={!mayEdit}
      />
      {mayEdit && (
        <div>
          <Button
            className="react-aria-Button primary"
            isDisabled={isBusy || isEmpty}
            onPress={() => call({ call: "accept", body })}
          >
            {isEdited ? t("takeEdited") : t("take")}
          </Button>
        </div>
      )}
    </>
  );
}
