// Proposals that wait for a person's decision, and those that were decided.

import { useState } from "react";
import { useTranslations } from "use-intl";
import { Choice } from "~/parts/Choice.tsx";
import { ProposalCard } from "~/parts/Copilot/ProposalCard.tsx";
import { useProposals } from "~/parts/Copilot/queries.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import style from "./SetupPage.module.css";

const STATUSES = ["PROPOSED", "APPLIED", "REJECTED"] as const;

export function ProposalsView({ projectId }: { projectId: string }) {
  const t = useTranslations("setup.proposals");
  const [status, setStatus] = useState<(typeof STATUSES)[number]>("PROPOSED");
  const proposals = useProposals(projectId, status);
  return (
    <section className={style.sections} aria-labelledby="proposals">
      <h3 id="proposals">{t("title")}</h3>
      <Choice
        label={t("which")}
        options={STATUSES.map((one) => [one, t(one)] as const)}
        value={status}
        onChange={setStatus}
      />
      <Loaded query={proposals}>
        {({ items }) =>
          items.length ? (
            <div className="stack">
              {items.map((proposal) => (
                <ProposalCard key={proposal.id} given={proposal} />
              ))}
            </div>
          ) : (
            <p className="quiet">{status === "PROPOSED" ? t("none") : t("noneSuch")}</p>
          )
        }
      </Loaded>
    </section>
  );
}
