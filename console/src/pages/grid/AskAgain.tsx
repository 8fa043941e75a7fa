// How many cells should be asked again, what that would take, and the button that has it done.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { moneyOf } from "~/pages/run/amounts.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useList } from "~/parts/useList.ts";

export function AskAgain({ projectId }: { projectId: string }) {
  const t = useTranslations("grid");
  const { mayEdit } = useRights();
  const path = { project_id: projectId };
  const stale = api.useQuery("get", "/v1/projects/{project_id}/dataset/staleness", { params: { path } });
  const count = stale.data?.cells ?? 0;
  const estimate = api.useQuery(
    "post",
    "/v1/projects/{project_id}/dataset/renew/estimate",
    { params: { path }, body: {} },
    { enabled: mayEdit && count > 0, staleTime: 30_000 },
  );
  const renewal = useRenewal(projectId);
  const about = useCostText();
  if (count === 0) return null;
  if (!mayEdit || !estimate.data) return <span className="quiet">{t("staleCells", { count })}</span>;
  return (
    <>
      {renewal.error !== null && <ProblemNotice error={renewal.error} />}
      <Confirm
        trigger={<Button isPending={renewal.isPending}>{t("askAgain", { count, about: about(estimate.data) })}</Button>}
        title={t("askAgainTitle", { count })}
        label={t("askAgainNow")}
        act={() => renewal.mutate()}
      >
        <p>{t("askAgainWhat", { count, documents: estimate.data.documents, calls: estimate.data.calls })}</p>
        <p>{t("askAgainCost", { about: about(estimate.data), model: estimate.data.model })}</p>
        <ul>
          {estimate.data.notes.map((note) => (
            <li key={note} dir="auto" lang="en">
              {note}
            </li>
          ))}
        </ul>
      </Confirm>
    </>
  );
}

/** Starts the job, and shows it. */
function useRenewal(projectId: string) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: () =>
      client.POST("/v1/projects/{project_id}/dataset/renew", { params: { path: { project_id: projectId } }, body: {} }),
    onSuccess: async () => {
      void queries.invalidateQueries();
      await navigate({ to: "/projects/$projectId/run", params: { projectId } });
    },
  });
}

/** What a job would cost, in money where the price is known, and in tokens. */
function useCostText(): (estimate: Schema<"EstimateJobResponse">) => string {
  const t = useTranslations("grid");
  const locale = useLocale();
  const list = useList();
  return ({ cost, currency, tokens_in, tokens_out }) => {
    const tokens = t("tokens", { count: tokens_in + tokens_out });
    if (cost === null || !currency) return tokens;
    return list([moneyOf(cost, currency, locale), tokens]);
  };
}
