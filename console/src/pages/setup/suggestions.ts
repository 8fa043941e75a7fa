// The suggestions of the co-pilot: each answers with proposals, which change nothing until a person applies them.
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import type { Suggested } from "./Suggest.tsx";

const ofProject = (projectId: string) => ({ params: { path: { project_id: projectId } } });

export async function suggestVariables(projectId: string, hint: string): Promise<Suggested> {
  const { data } = await client.POST("/v1/projects/{project_id}/copilot/suggest-variables", {
    ...ofProject(projectId),
    body: { hint },
  });
  const ids = data?.items.map(({ proposal_id }) => proposal_id) ?? [];
  return { proposals: await Promise.all(ids.map(proposalOf)), leftOut: data?.left_out ?? [] };
}

const proposalOf = (proposalId: string) =>
  queries.fetchQuery(
    api.queryOptions("get", "/v1/proposals/{proposal_id}", { params: { path: { proposal_id: proposalId } } }),
  );

export async function suggestUnit(projectId: string, hint: string): Promise<Suggested> {
  const { data } = await client.POST("/v1/projects/{project_id}/copilot/suggest-unit", {
    ...ofProject(projectId),
    body: { hint },
  });
  return { proposals: data?.items ?? [], leftOut: data?.left_out ?? [] };
}

export async function suggestCategories(projectId: string, variableId: string, hint: string): Promise<Suggested> {
  const { data } = await client.POST("/v1/projects/{project_id}/copilot/suggest-categories", {
    ...ofProject(projectId),
    body: { variable_id: variableId, hint },
  });
  return oneOf(data);
}

export async function suggestInstructions(variableId: string, hint: string): Promise<Suggested> {
  const { data } = await client.POST("/v1/variables/{variable_id}/suggest-instructions", {
    params: { path: { variable_id: variableId } },
    body: { hint },
  });
  return oneOf(data);
}

function oneOf(found: { proposal: Schema<"Proposal"> | null; left_out: string[] } | undefined): Suggested {
  return { proposals: found?.proposal ? [found.proposal] : [], leftOut: found?.left_out ?? [] };
}

export async function reviewSchema(projectId: string): Promise<Schema<"ReviewSchemaResponse"> | undefined> {
  return (await client.POST("/v1/projects/{project_id}/copilot/review-schema", ofProject(projectId))).data;
}
