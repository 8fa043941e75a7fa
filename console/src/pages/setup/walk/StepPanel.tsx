// One step of the walk: what it decides, what is proposed and why, and what the person may do.
import { useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { Quotes } from "~/parts/Copilot/Quotes.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { Waiting } from "~/parts/Waiting.tsx";
import { type Setup, type Step, useStepCall } from "../queries.ts";
import style from "../SetupPage.module.css";
import { ContextStep } from "./ContextStep.tsx";
import { Needs } from "./Needs.tsx";
import { ReviewStep } from "./ReviewStep.tsx";
import type { StepProps } from "./step.ts";
import { UnitStep } from "./UnitStep.tsx";
import { VariablesStep } from "./VariablesStep.tsx";

const BODIES = { CONTEXT: ContextStep, UNIT: UnitStep, VARIABLES: VariablesStep, REVIEW: ReviewStep } as const;

export function StepPanel({
  setup,
  state,
  number,
  go,
  decided,
}: {
  setup: Setup;
  state: Step;
  number: number;
  go: (step: Step["step"]) => void;
  decided: () => void;
}) {
  const t = useTranslations("setup.walk");
  const { mayEdit } = useRights();
  const [hint, setHint] = useState(state.step === "CONTEXT" ? setup.project.description : "");
  const [refused, setRefused] = useState<readonly string[]>([]);
  const step = useStepCall(setup.project_id, state.step, (call, problems) => {
    setRefused(problems);
    if (call === "skip") tell({ text: t("skipped") });
    if (call !== "propose" && problems.length === 0) decided();
  });
  const Body = BODIES[state.step];
  const props: StepProps = { setup, state, isBusy: step.isPending, call: step.mutate, hint };
  const before = setup.steps[number - 2]?.step;
  return (
    <section className={style.panel} aria-labelledby="step">
      <h3 id="step">{t("heading", { number, what: t(`long.${state.step}`) })}</h3>
      {state.outdated_reason && (
        <p className={style.warning} dir="auto" role="note">
          <span aria-hidden="true">⚠</span> {state.outdated_reason}
        </p>
      )}
      <Needs setup={setup} state={state} go={go} />
      {mayEdit && <Propose {...props} change={setHint} />}
      {step.isPending && step.variables.call === "propose" && <Waiting what={t("proposing")} />}
      <Why state={state} projectId={setup.project_id} />
      <Body key={keyOf(state)} {...props} />
      {refused.length > 0 && (
        <div role="alert">
          <p>{t("refused", { count: refused.length })}</p>
          <ul>
            {refused.map((why) => (
              <li key={why} dir="auto">
                {why}
              </li>
            ))}
          </ul>
        </div>
      )}
      {step.error !== null && <ProblemNotice error={step.error} retry={() => step.mutate(step.variables)} />}
      {mayEdit && (
        <div className={style.stepActs}>
          {before && (
            <Button className="react-aria-Button plain" onPress={() => go(before)}>
              {t("back")}
            </Button>
          )}
          <Button
            className="react-aria-Button plain"
            isDisabled={step.isPending}
            onPress={() => step.mutate({ call: "skip" })}
          >
            {t("skip")}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Another where another default was made, so that forms begin with it. */
const keyOf = ({ step, context, proposed }: Step) => `${step} ${proposed} ${JSON.stringify(context)}`;

function Propose({ setup, state, isBusy, call, hint, change }: StepProps & { change: (hint: string) => void }) {
  const t = useTranslations("setup.walk");
  const label = state.step === "REVIEW" ? t("check") : state.proposed ? t("proposeAgain") : t("propose");
  const propose = () => call({ call: "propose", hint: hint.trim() });
  return (
    <div className="stack">
      <div className={style.suggest}>
        {state.step !== "REVIEW" && (
          <TextField value={hint} onChange={change} className={`react-aria-TextField ${style.grow}`}>
            <Label>{t(`hint.${state.step}`)}</Label>
            <Input
              dir="auto"
              maxLength={10_000}
              onKeyDown={(event) => {
                if (event.key === "Enter" && !event.nativeEvent.isComposing && !isBusy) propose();
              }}
            />
          </TextField>
        )}
        <Button
          className={state.proposed ? "react-aria-Button" : "react-aria-Button primary"}
          isDisabled={isBusy}
          onPress={propose}
        >
          {label}
        </Button>
      </div>
      <p className={`quiet ${style.small}`}>
        {setup.project.model === "offline"
          ? t("offline")
          : t.rich("atCost", { model: () => <bdi>{setup.project.model}</bdi> })}
      </p>
    </div>
  );
}

function Why({ state, projectId }: { state: Step; projectId: string }) {
  const t = useTranslations("setup.walk");
  if (state.reasons.length === 0 && state.quotes.length === 0) return null;
  return (
    <div className={style.why}>
      <strong>{t("why")}</strong>
      {state.reasons.map((reason) => (
        <p key={reason} dir="auto">
          {reason}
        </p>
      ))}
      <Quotes quotes={state.quotes} projectId={projectId} />
    </div>
  );
}
