// After a blind answer: what the model had said of that cell.
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { Mark } from "~/parts/marks.tsx";
import { isBlind } from "./queue.ts";
import style from "./ReviewPage.module.css";
import { SaidOf } from "./SaidOf.tsx";
import type { Reviewing } from "./useReviewing.ts";

export function LastAnswer({
  reviewing,
  variables,
}: {
  reviewing: Reviewing;
  variables: ReadonlyMap<string, Schema<"Variable">>;
}) {
  const t = useTranslations("review.last");
  const last = reviewing.judged.findLast((entry) => isBlind(entry.item));
  if (!last) return null;
  const { item, said, feedback } = last;
  const name = variables.get(item.extraction.variable)?.display_name || item.extraction.variable;
  return (
    <section className={style.last} aria-label={t("title")}>
      <div className="row">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        {feedback === null ? (
          <span className="quiet">{t("waits")}</span>
        ) : feedback.verdict === "CORRECT" ? (
          <Mark shape="✓" text={t("same")} tone="good" />
        ) : (
          <Mark shape="≠" text={t("other")} tone="doubt" />
        )}
      </div>
      <div className="row">
        <span className="quiet">{t("you")}</span>
        <SaidOf said={said} />
        {feedback && (
          <>
            <span className="quiet">{t("model")}</span>
            <CellValue value={feedback.model_value} reason={feedback.model_missing_reason} />
          </>
        )}
      </div>
    </section>
  );
}
