// The guided setup: four steps, each with its proposed default, in whichever order the person goes.
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Loaded } from "~/parts/Loaded.tsx";
import { Mark } from "~/parts/marks.tsx";
import { leaveUnsaved } from "~/parts/Unsaved.tsx";
import { Preview } from "../Preview.tsx";
import { type Setup, type Step, useSetup } from "../queries.ts";
import style from "../SetupPage.module.css";
import { StepPanel } from "./StepPanel.tsx";

const STATUSES = {
  OPEN: ["○", "quiet"],
  ACCEPTED: ["✓", "good"],
  SKIPPED: ["⇥", "quiet"],
  OUTDATED: ["⚠", "doubt"],
} as const;

export function Walk({ projectId }: { projectId: string }) {
  const setup = useSetup(projectId);
  return (
    <Loaded query={setup}>
      {(found) => (
        <div className={style.walk}>
          <Steps setup={found} />
          <Preview projectId={projectId} />
        </div>
      )}
    </Loaded>
  );
}

function Steps({ setup }: { setup: Setup }) {
  const t = useTranslations("setup.walk");
  const [chosen, setChosen] = useState<Step["step"] | null>(null);
  const at = chosen ?? setup.current ?? "REVIEW";
  const number = setup.steps.findIndex(({ step }) => step === at);
  const state = setup.steps[number];
  const go = (step: Step["step"]) => void leaveUnsaved(() => setChosen(step));
  return (
    <div className={style.steps}>
      <nav aria-label={t("steps")}>
        <ol className={style.stepList}>
          {setup.steps.map(({ step, status }, place) => {
            const [shape, tone] = STATUSES[status];
            return (
              <li key={step}>
                <button
                  type="button"
                  className={style.step}
                  aria-current={step === at ? "step" : undefined}
                  onClick={() => go(step)}
                >
                  <span>
                    {t("numbered", { number: place + 1 })} {t(`short.${step}`)}
                  </span>
                  <Mark shape={shape} text={t(`status.${status}`)} tone={tone} />
                </button>
              </li>
            );
          })}
        </ol>
      </nav>
      {state && (
        <StepPanel key={at} setup={setup} state={state} number={number + 1} go={go} decided={() => setChosen(null)} />
      )}
    </div>
  );
}
