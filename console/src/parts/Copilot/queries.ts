// What the co-pilot's parts ask the API for, and what a changed schema makes old.
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";

/** Paths of what shows a project's context, variables, prompts or proposals. */
const ON_SCHEMA = [
  "/v1/projects/{project_id}",
  "/v1/projects/{project_id}/variables",
  "/v1/projects/{project_id}/setup",
  "/v1/projects/{project_id}/proposals",
  "/v1/projects/{project_id}/template-preview",
  "/v1/projects/{project_id}/prompt-preview",
  "/v1/proposals/{proposal_id}",
  "/v1/variables/{variable_id}",
  "/v1/variables/{variable_id}/prompts",
  "/v1/variables/{variable_id}/refinements",
  "/v1/refinements/{refinement_id}",
  "/v1/prompts/{prompt_id}/diff",
  "/v1/projects/{project_id}/jobs/estimate",
];

/** After something of the schema was changed: all that shows it is asked for again. */
export async function schemaChanged(): Promise<void> {
  await queries.invalidateQueries({
    predicate: ({ queryKey }) => typeof queryKey[1] === "string" && ON_SCHEMA.includes(queryKey[1]),
  });
}

const MOST = 200;

/** The newest proposals of a project, of one status or of all. */
export function useProposals(projectId: string, status?: Schema<"ProposalStatus">) {
  const query = { page_size: MOST, ...(status && { status }) };
  return api.useQuery("get", "/v1/projects/{project_id}/proposals", {
    params: { path: { project_id: projectId }, query },
  });
}

/** A proposal with whether it can still be applied. */
export function useProposal(proposalId: string) {
  const init = { params: { path: { proposal_id: proposalId } } };
  // What it would change may have been changed by somebody else, of whom this page hears nothing.
  return api.useQuery("get", "/v1/proposals/{proposal_id}", init, { staleTime: 0 });
}

const conversationQuery = (projectId: string) =>
  api.queryOptions("get", "/v1/projects/{project_id}/copilot/messages", {
    params: { path: { project_id: projectId }, query: { page_size: MOST } },
  });

/** The whole conversation, oldest first. */
export const wholeConversation = (projectId: string) => ({
  queryKey: conversationQuery(projectId).queryKey,
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Schema<"ListMessagesResponse">> => {
    const items: Schema<"Message">[] = [];
    let token = "";
    do {
      const { data } = await client.GET("/v1/projects/{project_id}/copilot/messages", {
        params: { path: { project_id: projectId }, query: { page_size: MOST, ...(token && { page_token: token }) } },
        signal,
      });
      items.push(...(data?.items ?? []));
      token = data?.next_page_token ?? "";
    } while (token);
    return { items, next_page_token: "" };
  },
});
