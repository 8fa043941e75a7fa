// One proposal: what would change and why, with the words it rests on; accepted or rejected by itself.

import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Mark } from "../marks.tsx";
import { Names } from "../Names.tsx";
import { ProblemNotice } from "../ProblemNotice.tsx";
import { tell } from "../toasts.tsx";
import style from "./Copilot.module.css";
import { Diff } from "./Diff.tsx";
import { Quotes } from "./Quotes.tsx";
import { schemaChanged, useProposal } from "./queries.ts";

type Proposal = Schema<"Proposal">;

/** `given`: the proposal as a list has it, shown until it is known whether it still fits; `more`: further buttons. */
export function ProposalCard({ given, more }: { given: Proposal; more?: ReactNode }) {
  const t = useTranslations("copilot.proposal");
  const { data } = useProposal(given.id);
  const proposal = data ?? given;
  return (
    <article className={style.proposal} aria-label={proposal.title}>
      <header className={style.proposalHead}>
        <strong dir="auto">{proposal.title}</strong>
        <span className="quiet">{t(`kind.${proposal.kind}`)}</span>
      </header>
      <p dir="auto">{proposal.reason}</p>
      <Counts proposal={proposal} />
      <Quotes quotes={proposal.quotes} projectId={proposal.project_id} />
      <details>
        <summary>{t("whatChanges")}</summary>
        <Diff diff={proposal.diff} label={t("whatChanges")} />
      </details>
      <Decision proposal={proposal} more={more} />
    </article>
  );
}

function Decision({ proposal, more }: { proposal: Proposal; more: ReactNode }) {
  const t = useTranslations("copilot.proposal");
  const { mayEdit } = useRights();
  const decide = useDecision(proposal);
  if (proposal.status !== "PROPOSED") {
    const isApplied = proposal.status === "APPLIED";
    return <Mark shape={isApplied ? "✓" : "✗"} text={t(proposal.status)} tone={isApplied ? "good" : "quiet"} />;
  }
  return (
    <>
      {proposal.stale && (
        <div className={style.stale} role="note">
          <Mark shape="⚠" text={t("stale")} tone="doubt" />
          <p dir="auto" lang="en">
            {proposal.stale}
          </p>
        </div>
      )}
      {decide.error !== null && <ProblemNotice error={decide.error} />}
      {mayEdit && (
        <div className="row">
          <Button
            className="react-aria-Button primary"
            isDisabled={proposal.stale !== "" || decide.isPending}
            aria-label={t("acceptThis", { title: proposal.title })}
            onPress={() => decide.mutate("apply")}
          >
            {t("accept")}
          </Button>
          <Button
            isDisabled={decide.isPending}
            aria-label={t("rejectThis", { title: proposal.title })}
            onPress={() => decide.mutate("reject")}
          >
            {t("reject")}
          </Button>
          {more}
        </div>
      )}
    </>
  );
}

/** Applies or rejects a proposal; in either case all that shows the schema is looked at again. */
export function useDecision({ id, title }: { id: string; title: string }, isTold = true) {
  const t = useTranslations("copilot.proposal");
  const init = { params: { path: { proposal_id: id } } };
  return useMutation({
    mutationFn: async (decision: "apply" | "reject") =>
      decision === "apply"
        ? client.POST("/v1/proposals/{proposal_id}/apply", init)
        : client.POST("/v1/proposals/{proposal_id}/reject", init),
    onSuccess: (_, decision) =>
      isTold && tell({ text: decision === "apply" ? t("applied", { title }) : t("rejected", { title }), tone: "good" }),
    onSettled: schemaChanged,
  });
}

function Counts({ proposal: { counts, leftovers, sampled_documents } }: { proposal: Proposal }) {
  const t = useTranslations("copilot.proposal");
  const format = useFormatter();
  if (counts.length === 0) return null;
  return (
    <details>
      <summary>{t("counts", { categories: counts.length, documents: sampled_documents })}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("category")}</th>
            <th scope="col">{t("documents")}</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(({ value, documents }) => (
            <tr key={value}>
              <td>
                <bdi>{value}</bdi>
              </td>
              <td className="number">{format.number(documents)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {leftovers.length > 0 && (
        <p>
          {t("leftovers")} <Names of={leftovers} />
        </p>
      )}
    </details>
  );
}
