// The step that looks at the whole: what is doubtful, what would mend it, and a first sample with its cost.
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { durationOf, moneyOf } from "~/pages/run/amounts.ts";
import { ProposalCard } from "~/parts/Copilot/ProposalCard.tsx";
import { Findings } from "../Findings.tsx";
import style from "../SetupPage.module.css";
import type { StepProps } from "./step.ts";

export function ReviewStep({ setup, state, isBusy, call }: StepProps) {
  const t = useTranslations("setup.walk");
  const { mayEdit } = useRights();
  const isDone = state.status === "ACCEPTED" || state.status === "SKIPPED";
  return (
    <>
      {state.proposed && <Findings findings={state.findings} projectId={setup.project_id} />}
      {state.proposals.map((proposal) => (
        <ProposalCard key={proposal.id} given={proposal} />
      ))}
      {mayEdit && state.proposed && !isDone && (
        <div>
          <Button
            className="react-aria-Button primary"
            isDisabled={isBusy}
            onPress={() => call({ call: "accept", body: {} })}
          >
            {t("reviewDone")}
          </Button>
        </div>
      )}
      {state.estimate && <Sample estimate={state.estimate} size={state.sample_size} projectId={setup.project_id} />}
    </>
  );
}

function Sample({
  estimate,
  size,
  projectId,
}: {
  estimate: Schema<"EstimateJobResponse">;
  size: number;
  projectId: string;
}) {
  const t = useTranslations("setup.sample");
  const format = useFormatter();
  const locale = useLocale();
  const { cost, currency, seconds, tokens_in, tokens_out, model } = estimate;
  return (
    <section className={style.sample} aria-labelledby="sample">
      <h4 id="sample">{t("title")}</h4>
      <p>
        {t("documents", { count: size })}{" "}
        {cost === null
          ? t("noPrice", { tokens: format.number(tokens_in + tokens_out) })
          : cost === 0
            ? t("free")
            : t("cost", { cost: moneyOf(cost, currency || "USD", locale) })}{" "}
        {seconds !== null && t("time", { time: durationOf(seconds, locale) })}
      </p>
      <p className="quiet">
        {model === "offline" ? t("builtIn") : t.rich("model", { model: () => <bdi>{model}</bdi> })}
      </p>
      <Link to="/projects/$projectId/run" params={{ projectId }} search={{ sample: size }} className="link-button">
        {t("run")}
      </Link>
    </section>
  );
}
