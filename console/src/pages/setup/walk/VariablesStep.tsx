// The step in which variables are taken one by one, with other words, or all at once.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { ProposalCard, useDecision } from "~/parts/Copilot/ProposalCard.tsx";
import { useVariables } from "../queries.ts";
import { definitionIn } from "../variables/draft.ts";
import { NewVariable } from "../variables/NewVariable.tsx";
import type { StepProps } from "./step.ts";

export function VariablesStep({ setup, state, isBusy, call }: StepProps) {
  const t = useTranslations("setup.walk");
  const { mayEdit } = useRights();
  const variables = useVariables(setup.project_id).data?.items ?? [];
  const waiting = state.proposals.filter(({ status }) => status === "PROPOSED");
  const [isWriting, setIsWriting] = useState(false);
  return (
    <>
      {variables.length > 0 && <p>{t("haveVariables", { count: variables.length })}</p>}
      {waiting.map((proposal) => (
        <Editable key={proposal.id} proposal={proposal} />
      ))}
      {state.proposed && waiting.length === 0 && <p>{t("noneLeft")}</p>}
      {isWriting && (
        <div className="card">
          <NewVariable projectId={setup.project_id} variables={variables} close={() => setIsWriting(false)} />
        </div>
      )}
      {mayEdit && (
        <div className="row">
          {!isWriting && <Button onPress={() => setIsWriting(true)}>{t("writeOne")}</Button>}
          {waiting.length > 0 && (
            <Button isDisabled={isBusy} onPress={() => call({ call: "accept", body: { all_proposals: true } })}>
              {t("takeAll", { count: waiting.length })}
            </Button>
          )}
          <Button
            className="react-aria-Button primary"
            isDisabled={isBusy || variables.length === 0}
            onPress={() => call({ call: "accept", body: {} })}
          >
            {t("variablesDone")}
          </Button>
        </div>
      )}
    </>
  );
}

function Editable({ proposal }: { proposal: Schema<"Proposal"> }) {
  const t = useTranslations("copilot.proposal");
  const variables = useVariables(proposal.project_id).data?.items ?? [];
  const [isEdited, setIsEdited] = useState(false);
  // Whoever takes it in other words is told of these, not of the rejection.
  const decide = useDecision(proposal, false);
  const after = proposal.changes[0]?.variable_after;
  // It is being decided: what was made of it stands already.
  if (decide.isPending || decide.isSuccess) return null;
  if (isEdited && after) {
    return (
      <div className="card">
        <NewVariable
          projectId={proposal.project_id}
          variables={variables}
          proposed={definitionIn(after)}
          created={() => decide.mutate("reject")}
          close={() => setIsEdited(false)}
        />
      </div>
    );
  }
  const isOneAdded = proposal.kind === "ADD_VARIABLE" && proposal.changes.length === 1 && after;
  return (
    <ProposalCard
      given={proposal}
      more={
        isOneAdded && (
          <Button aria-label={t("editThis", { title: proposal.title })} onPress={() => setIsEdited(true)}>
            {t("edit")}
          </Button>
        )
      }
    />
  );
}
