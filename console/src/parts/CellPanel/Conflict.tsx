// Shown where somebody else has changed a cell meanwhile: what it says now, and what the person was about to say.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { CellValue } from "../CellValue.tsx";
import { MissingMark, VerdictMark } from "../marks.tsx";
import style from "./CellPanel.module.css";
import type { Said, Shown } from "./feedback.ts";

export function Conflict({
  cell,
  said,
  save,
  leave,
}: {
  cell: Shown;
  said: Said;
  save: () => void;
  leave: () => void;
}) {
  const t = useTranslations("grid");
  const { value, missing_reason, verdict } = cell;
  return (
    <div role="alert" className={style.form}>
      <strong>{t("conflict")}</strong>
      <dl className={style.details}>
        <dt>{t("saysNow")}</dt>
        <dd className={style.line}>
          <CellValue value={value} reason={value === null ? missing_reason : null} />
          {verdict && <VerdictMark verdict={verdict} />}
        </dd>
        <dt>{t("youSay")}</dt>
        <dd className={style.line}>
          {said.corrected_value !== undefined && <CellValue value={said.corrected_value} />}
          {said.missing_reason && <MissingMark reason={said.missing_reason} />}
          {said.verdict && <VerdictMark verdict={said.verdict} />}
          {said.note && <span dir="auto">{said.note}</span>}
        </dd>
      </dl>
      <div className="row">
        <Button onPress={save}>{t("sayItStill")}</Button>
        <Button onPress={leave}>{t("leaveIt")}</Button>
      </div>
    </div>
  );
}
