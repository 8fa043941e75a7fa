// What a trial shows: cells fixed and broken with their values before and after, and whether that tells anything.

import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { Mark } from "~/parts/marks.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { CellName } from "./CellName.tsx";
import { MoreToReview } from "./MoreToReview.tsx";
import style from "./PromptsPage.module.css";

const OUTCOMES = {
  FIXED: ["✓", "good"],
  BROKEN: ["✗", "bad"],
  STILL_RIGHT: ["·", "quiet"],
  STILL_WRONG: ["○", "doubt"],
} as const;

export function Trial({ trial, projectId }: { trial: Schema<"CompareTrialResponse">; projectId: string }) {
  const t = useTranslations("prompts.trial");
  const words = useTranslations("words.job");
  const format = useFormatter();
  const isOver = trial.status === "COMPLETE";
  return (
    <section className={style.trial} aria-label={t("title")}>
      <div className="row" role="status">
        {!isOver && <span>{words(trial.status)}</span>}
        <Mark shape="✓" text={t("fixed", { count: trial.fixed })} tone="good" />
        <Mark shape="✗" text={t("broken", { count: trial.broken })} tone="bad" />
        <span className="quiet">
          {t("unchanged", { right: format.number(trial.still_right), wrong: format.number(trial.still_wrong) })}
        </span>
      </div>
      {isOver && (
        <p>
          {trial.more_cells > 0
            ? t("tooFew", { count: trial.more_cells })
            : t("tells", { p: format.number(trial.p_value, { maximumSignificantDigits: 2 }) })}
        </p>
      )}
      {isOver && trial.more_cells > 0 && <MoreToReview projectId={projectId} />}
      {trial.cells.length > 0 && (
        <details open={trial.broken > 0}>
          <summary>{t("cells", { count: trial.cells.length })}</summary>
          <Scroll label={t("cells", { count: trial.cells.length })}>
            <TrialCells cells={trial.cells} projectId={projectId} />
          </Scroll>
        </details>
      )}
    </section>
  );
}

function TrialCells({ cells, projectId }: { cells: readonly Schema<"TrialCell">[]; projectId: string }) {
  const t = useTranslations("prompts.trial");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("document")}</th>
          <th scope="col">{t("outcome")}</th>
          <th scope="col">{t("before")}</th>
          <th scope="col">{t("after")}</th>
          <th scope="col">{t("right")}</th>
        </tr>
      </thead>
      <tbody>
        {cells.map((cell) => {
          const [shape, tone] = OUTCOMES[cell.outcome];
          return (
            <tr key={`${cell.document_id} ${cell.unit_id}`}>
              <CellName cell={cell} projectId={projectId} />
              <td>
                <Mark shape={shape} text={t(`outcomes.${cell.outcome}`)} tone={tone} />
              </td>
              <td>
                <CellValue value={cell.before} />
              </td>
              <td>
                <CellValue value={cell.after} />
              </td>
              <td>
                <CellValue value={cell.right_value} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
