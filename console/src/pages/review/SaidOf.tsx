// What a person says of a cell, in short.
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { VerdictMark } from "~/parts/marks.tsx";
import type { Value } from "~/parts/values.ts";

/** A verdict on its way or as the server has it: what is right, where that is said, else the verdict. */
export function SaidOf({
  said,
}: {
  said: {
    verdict?: Schema<"Verdict"> | undefined;
    corrected_value?: Value | undefined;
    missing_reason?: Schema<"MissingReason"> | null | undefined;
  };
}) {
  const t = useTranslations("review");
  const { verdict, corrected_value = null, missing_reason = null } = said;
  if (corrected_value === null && missing_reason === null) return verdict ? <VerdictMark verdict={verdict} /> : null;
  return (
    <span className="row">
      <span>{t("right")}</span>
      <CellValue value={corrected_value} reason={missing_reason} />
    </span>
  );
}
