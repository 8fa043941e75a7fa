// What the page of prompts asks the API for.
import { useMutation } from "@tanstack/react-query";
import { api, client } from "~/api/client.ts";
import { lookAgain } from "~/api/polling.ts";
import { useSession } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { schemaChanged } from "~/parts/Copilot/queries.ts";

const ofVariable = (variableId: string) => ({ params: { path: { variable_id: variableId } } });

export const usePrompts = (variableId: string) =>
  api.useQuery("get", "/v1/variables/{variable_id}/prompts", ofVariable(variableId));

/** Makes a version active. */
export function useActivate() {
  return useMutation({
    mutationFn: async (promptId: string) =>
      client.POST("/v1/prompts/{prompt_id}/activate", { params: { path: { prompt_id: promptId } } }),
    onSuccess: schemaChanged,
  });
}

/** Makes a new active version: with a person's own text, or generated anew without one. */
export function useNewVersion(variableId: string) {
  return useMutation({
    mutationFn: async (body: Schema<"GeneratePromptRequest">) =>
      (await client.POST("/v1/variables/{variable_id}/generate-prompt", { ...ofVariable(variableId), body })).data,
    onSuccess: schemaChanged,
  });
}

/** What a user is called here, by their id: their e-mail address, where they are still in the workspace. */
export function useNames(): (userId: string) => string {
  const session = useSession();
  const members = api.useQuery(
    "get",
    "/v1/workspaces/{workspace_id}/members",
    { params: { path: { workspace_id: session?.workspace.id ?? "" } } },
    { enabled: session !== undefined, staleTime: 60_000 },
  );
  const names = new Map(members.data?.items.map(({ user_id, email }) => [user_id, email]));
  return (userId) => names.get(userId) ?? "";
}

export const useRefinements = (variableId: string) =>
  api.useQuery("get", "/v1/variables/{variable_id}/refinements", ofVariable(variableId));

const SOON = 1_500;

/** A refinement with what its trials show; looked at again while one of them runs. */
export function useRefinement(refinementId: string) {
  return api.useQuery(
    "get",
    "/v1/refinements/{refinement_id}",
    { params: { path: { refinement_id: refinementId } } },
    lookAgain<Schema<"Refinement">>(({ options }) => (options.some(isBeingTried) ? SOON : false)),
  );
}

const OVER: readonly Schema<"JobStatus">[] = ["COMPLETE", "FAILED", "CANCELLED"];

/** Whether an option's trial is under way. */
export function isBeingTried({ trial_job_id, trial }: Schema<"RefinementOption">): boolean {
  return trial_job_id !== "" && (trial === null || !OVER.includes(trial.status));
}

export function useRefine(variableId: string) {
  return useMutation({
    mutationFn: async (hint: string) =>
      (await client.POST("/v1/variables/{variable_id}/refinements", { ...ofVariable(variableId), body: { hint } }))
        .data,
    onSuccess: schemaChanged,
  });
}

export type RefinementAct = { act: "try" | "apply"; option: number } | { act: "reject" };

/** Tries or applies an option, or rejects all. */
export function useRefinementAct(refinementId: string) {
  const init = { params: { path: { refinement_id: refinementId } } };
  return useMutation({
    mutationFn: async (wanted: RefinementAct): Promise<unknown> => {
      if (wanted.act === "reject") return client.POST("/v1/refinements/{refinement_id}/reject", init);
      const body = { option: wanted.option };
      return wanted.act === "try"
        ? client.POST("/v1/refinements/{refinement_id}/try", { ...init, body })
        : client.POST("/v1/refinements/{refinement_id}/apply", { ...init, body });
    },
    onSettled: schemaChanged,
  });
}

export const useTrialEstimate = (refinementId: string, option: number, isAsked: boolean) =>
  api.useQuery(
    "post",
    "/v1/refinements/{refinement_id}/try/estimate",
    { params: { path: { refinement_id: refinementId } }, body: { option } },
    { enabled: isAsked },
  );
