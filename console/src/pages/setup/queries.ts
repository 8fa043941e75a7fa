// What the setup's page asks the API for, and how it changes the project.
import { useMutation } from "@tanstack/react-query";
import { changing } from "~/api/changes.ts";
import { api, client } from "~/api/client.ts";
import { lookAgain } from "~/api/polling.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import { schemaChanged } from "~/parts/Copilot/queries.ts";
import { SOON, unreadOf } from "~/parts/reading.ts";

export type Setup = Schema<"Setup">;
export type Step = Schema<"SetupStepState">;
export type Variable = Schema<"Variable">;

const ofProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });

const setupQuery = (projectId: string) =>
  api.queryOptions("get", "/v1/projects/{project_id}/setup", ofProject(projectId));

export const useSetup = (projectId: string) =>
  api.useQuery("get", "/v1/projects/{project_id}/setup", ofProject(projectId));

export const useProject = (projectId: string) => api.useQuery("get", "/v1/projects/{project_id}", ofProject(projectId));

export const variablesQuery = (projectId: string) =>
  api.queryOptions("get", "/v1/projects/{project_id}/variables", ofProject(projectId));

export const useVariables = (projectId: string) =>
  api.useQuery("get", "/v1/projects/{project_id}/variables", ofProject(projectId));

/** The first documents with how many there are by state; looked at again while some are being read. */
export function useFirstDocuments(projectId: string) {
  return api.useQuery(
    "get",
    "/v1/projects/{project_id}/documents",
    { params: { path: { project_id: projectId }, query: { page_size: 6 } } },
    lookAgain<Schema<"ListDocumentsResponse">>((list) => (unreadOf(list) ? SOON : false)),
  );
}

export type StepCall =
  | { call: "propose"; hint: string }
  | { call: "accept"; body: Omit<Schema<"AcceptSetupStepRequest">, "step"> }
  | { call: "skip" };

/** Proposes, accepts or skips a step; `done` gets where the walk stands, and what could not be applied. */
export function useStepCall(
  projectId: string,
  step: Step["step"],
  done: (call: StepCall["call"], refused: readonly string[]) => void,
) {
  return useMutation({
    mutationFn: async (wanted: StepCall): Promise<{ setup: Setup | undefined; refused: readonly string[] }> => {
      const init = ofProject(projectId);
      if (wanted.call === "propose") {
        const body = { step, hint: wanted.hint };
        const { data } = await client.POST("/v1/projects/{project_id}/setup/propose", { ...init, body });
        return { setup: data, refused: [] };
      }
      if (wanted.call === "skip") {
        const { data } = await client.POST("/v1/projects/{project_id}/setup/skip", { ...init, body: { step } });
        return { setup: data, refused: [] };
      }
      const body = { step, ...wanted.body };
      const { data } = await client.POST("/v1/projects/{project_id}/setup/accept", { ...init, body });
      return { setup: data?.setup, refused: data?.refused ?? [] };
    },
    onSuccess: async ({ setup, refused }, { call }) => {
      const { queryKey } = setupQuery(projectId);
      await queries.cancelQueries({ queryKey });
      if (setup) queries.setQueryData(queryKey, setup);
      done(call, refused);
      void schemaChanged();
    },
  });
}

export function useCreateVariable(projectId: string) {
  return useMutation({
    mutationFn: async (body: Schema<"CreateVariableRequest">) =>
      (await client.POST("/v1/projects/{project_id}/variables", { ...ofProject(projectId), body })).data,
    onSuccess: schemaChanged,
  });
}

/** Changes a variable as it was seen under an ETag. Raises ChangedMeanwhile. */
export function useChangeVariable(variableId: string) {
  return useMutation({
    mutationFn: ({ body, etag }: { body: Schema<"UpdateVariableRequest">; etag: string }) => {
      const params = { path: { variable_id: variableId }, header: { "If-Match": etag } };
      const change = async () => (await client.PATCH("/v1/variables/{variable_id}", { params, body })).data;
      return changing(change, () => variableNow(variableId));
    },
    onSuccess: schemaChanged,
  });
}

/** A variable as it stands at the server. */
async function variableNow(variableId: string): Promise<Variable | undefined> {
  return (await client.GET("/v1/variables/{variable_id}", { params: { path: { variable_id: variableId } } })).data;
}

export function useDeleteVariable() {
  return useMutation({
    mutationFn: async ({ id, etag }: Variable) =>
      client.DELETE("/v1/variables/{variable_id}", {
        params: { path: { variable_id: id }, header: { "If-Match": etag } },
      }),
    onSettled: schemaChanged,
  });
}

export function useDuplicateVariable() {
  return useMutation({
    mutationFn: async ({ id }: Variable) =>
      (await client.POST("/v1/variables/{variable_id}/duplicate", { params: { path: { variable_id: id } }, body: {} }))
        .data,
    onSuccess: schemaChanged,
  });
}

/** Puts the variables in another order, which is shown at once. */
export function useReorder(projectId: string) {
  const { queryKey } = variablesQuery(projectId);
  return useMutation({
    mutationFn: async (items: readonly Variable[]) =>
      client.POST("/v1/projects/{project_id}/variables/reorder", {
        ...ofProject(projectId),
        body: { variable_ids: items.map(({ id }) => id) },
      }),
    onMutate: async (items) => {
      await queries.cancelQueries({ queryKey });
      queries.setQueryData(queryKey, { items: [...items], next_page_token: "" });
    },
    onSettled: schemaChanged,
  });
}
