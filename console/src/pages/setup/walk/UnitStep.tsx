// The step that says what one row of the dataset is.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { changesOf } from "~/parts/edits.ts";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import { UNIT_FIELDS, type Unit, UnitFields, unitIn } from "../ContextFields.tsx";
import type { StepProps } from "./step.ts";

export function UnitStep({ setup, state, isBusy, call }: StepProps) {
  const t = useTranslations("setup.walk");
  const { mayEdit } = useRights();
  const begun = unitIn(state.context?.unit ?? setup.project.unit);
  const [unit, setUnit] = useState<Unit>(begun);
  const isEdited = Object.keys(changesOf<Unit>(UNIT_FIELDS, begun, unit)).length > 0;
  useUnsaved(isEdited);
  const lacksPattern = unit.rows_per_document === "MULTIPLE" && unit.entity_identification_pattern.trim() === "";
  const body = state.context?.unit && !isEdited ? {} : { context: { unit } };
  return (
    <>
      <UnitFields state={unit} change={(changed) => setUnit({ ...unit, ...changed })} isDisabled={!mayEdit} />
      {lacksPattern && <p className="field-error">{t("lacksPattern")}</p>}
      {mayEdit && (
        <div>
          <Button
            className="react-aria-Button primary"
            isDisabled={isBusy || unit.row_is.trim() === "" || lacksPattern}
            onPress={() => call({ call: "accept", body })}
          >
            {state.context?.unit && isEdited ? t("takeEdited") : t("take")}
          </Button>
        </div>
      )}
    </>
  );
}
