// One refinement: what goes wrong alike, and the options with what their trials show.

import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { Confirm } from "~/parts/Confirm.tsx";
import { Diff } from "~/parts/Copilot/Diff.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { Mark } from "~/parts/marks.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { CellName } from "./CellName.tsx";
import style from "./PromptsPage.module.css";
import { isBeingTried, type RefinementAct, useRefinement, useRefinementAct } from "./queries.ts";
import { Trial } from "./Trial.tsx";
import { TryOption } from "./TryOption.tsx";

type Option = Schema<"RefinementOption">;

export function Refinement({ refinementId }: { refinementId: string }) {
  const t = useTranslations("prompts.refine");
  const { mayEdit } = useRights();
  const refinement = useRefinement(refinementId);
  const act = useRefinementAct(refinementId);
  return (
    <Loaded query={refinement}>
      {(found) => (
        <>
          <Groups refinement={found} />
          {found.options.map((option) => (
            <OneOption key={option.number} option={option} refinement={found} act={act.mutate} isBusy={act.isPending} />
          ))}
          {act.error !== null && <ProblemNotice error={act.error} />}
          {mayEdit && found.status === "PROPOSED" && (
            <div>
              <Button isDisabled={act.isPending} onPress={() => act.mutate({ act: "reject" })}>
                {t("rejectAll")}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

function Groups({ refinement }: { refinement: Schema<"Refinement"> }) {
  const t = useTranslations("prompts.refine");
  return (
    <section className="stack" aria-label={t("wrong")}>
      <h4>{t("wrong")}</h4>
      {refinement.groups.map((group) => (
        <details key={group.description}>
          <summary>
            <span dir="auto">{group.description}</span> ({t("cells", { count: group.cells.length })})
          </summary>
          <Scroll label={group.description}>
            <WrongCells cells={group.cells} projectId={refinement.project_id} />
          </Scroll>
        </details>
      ))}
    </section>
  );
}

function WrongCells({ cells, projectId }: { cells: readonly Schema<"ErrorCell">[]; projectId: string }) {
  const t = useTranslations("prompts.refine");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("document")}</th>
          <th scope="col">{t("modelSays")}</th>
          <th scope="col">{t("right")}</th>
          <th scope="col">{t("because")}</th>
        </tr>
      </thead>
      <tbody>
        {cells.map((cell) => (
          <tr key={cell.feedback_id}>
            <CellName cell={cell} projectId={projectId} />
            <td>
              <CellValue value={cell.model_value} />
            </td>
            <td>
              <CellValue value={cell.right_value} />
            </td>
            <td>
              {cell.quote && <q dir="auto">{cell.quote}</q>}
              {cell.note && <div dir="auto">{cell.note}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function OneOption({
  option,
  refinement,
  act,
  isBusy,
}: {
  option: Option;
  refinement: Schema<"Refinement">;
  act: (wanted: RefinementAct) => void;
  isBusy: boolean;
}) {
  const t = useTranslations("prompts.refine");
  const { mayEdit } = useRights();
  const [isAsked, setIsAsked] = useState(false);
  const { number, title } = option;
  const isOpen = refinement.status === "PROPOSED";
  const isTried = isBeingTried(option);
  return (
    <article className={style.option} aria-label={t("option", { number, title })}>
      <h4 dir="auto">
        {t("option", { number, title })}{" "}
        {refinement.applied_option === number && <Mark shape="✓" text={t("chosen")} tone="good" />}
      </h4>
      <p dir="auto">{option.reason}</p>
      <p className="quiet">
        {option.new_examples > 0 && t("newExamples", { count: option.new_examples })}{" "}
        {option.categories.length > 0 && t("newCategories")} {t("triedOn", { count: option.document_ids.length })}
      </p>
      <details>
        <summary>{t("changes")}</summary>
        <Diff diff={option.diff} label={t("changes")} />
      </details>
      {option.trial && <Trial trial={option.trial} projectId={refinement.project_id} />}
      {isTried && option.trial === null && <p role="status">{t("beingTried")}</p>}
      {isAsked && (
        <TryOption
          refinementId={refinement.id}
          option={number}
          begin={() => {
            setIsAsked(false);
            act({ act: "try", option: number });
          }}
          cancel={() => setIsAsked(false)}
        />
      )}
      {mayEdit && isOpen && (
        <div className="row">
          <Button
            aria-label={t("tryThis", { number, what: option.trial ? t("tryAgain") : t("try") })}
            isDisabled={isBusy || isTried || isAsked || option.document_ids.length === 0}
            onPress={() => setIsAsked(true)}
          >
            {option.trial ? t("tryAgain") : t("try")}
          </Button>
          <Confirm
            trigger={
              <Button
                className={option.trial ? "react-aria-Button primary" : "react-aria-Button"}
                aria-label={t("applyThis", { number })}
                isDisabled={isBusy || isTried}
              >
                {t("apply")}
              </Button>
            }
            title={t("applyThis", { number })}
            label={t("apply")}
            act={() => act({ act: "apply", option: number })}
          >
            {option.trial ? t("applyAbout") : t("applyUntried")}
          </Confirm>
        </div>
      )}
    </article>
  );
}
