// What the pages about people ask for, and what they do.
import { useMutation } from "@tanstack/react-query";
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";

export type Role = Schema<"Workspace">["role"];
export const ROLES = ["VIEWER", "EDITOR", "OWNER"] as const satisfies readonly Role[];

const MEMBERS = ["get", "/v1/workspaces/{workspace_id}/members"] as const;
const INVITATIONS = ["get", "/v1/workspaces/{workspace_id}/invitations"] as const;
const of = (workspaceId: string) => ({ params: { path: { workspace_id: workspaceId } } });

export function useMembers(workspaceId: string) {
  return api.useQuery(...MEMBERS, of(workspaceId));
}

/** The invitations that wait for an answer; for owners. */
export function useInvitations(workspaceId: string) {
  return api.useQuery(...INVITATIONS, of(workspaceId));
}

export function useWorkspaces() {
  return api.useQuery("get", "/v1/workspaces", {});
}

export function useChangeRole(workspaceId: string, userId: string) {
  const params = { path: { workspace_id: workspaceId, user_id: userId } };
  return useMutation({
    mutationFn: (role: Role) =>
      client.PATCH("/v1/workspaces/{workspace_id}/members/{user_id}", { params, body: { role } }),
    // Whoever changes their own role may do other things from then on.
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useRemove(workspaceId: string, userId: string) {
  const params = { path: { workspace_id: workspaceId, user_id: userId } };
  return useMutation({
    mutationFn: () => client.DELETE("/v1/workspaces/{workspace_id}/members/{user_id}", { params }),
    onSuccess: () => queries.invalidateQueries(),
  });
}

export function useInvite(workspaceId: string) {
  return useMutation({
    mutationFn: async (body: Schema<"NewMember">) =>
      (await client.POST("/v1/workspaces/{workspace_id}/members", { ...of(workspaceId), body })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: INVITATIONS }),
  });
}

export function useTakeBack(workspaceId: string) {
  return useMutation({
    mutationFn: (invitationId: string) => {
      const params = { path: { workspace_id: workspaceId, invitation_id: invitationId } };
      return client.DELETE("/v1/workspaces/{workspace_id}/invitations/{invitation_id}", { params });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: INVITATIONS }),
  });
}

export function useCreateWorkspace() {
  return useMutation({
    mutationFn: async (name: string) => (await client.POST("/v1/workspaces", { body: { name } })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["get", "/v1/workspaces"] }),
  });
}

/** Acts in another workspace from now on; all pages begin anew there. */
export async function actIn(workspaceId: string): Promise<void> {
  await client.PATCH("/v1/auth/session", { body: { workspace_id: workspaceId } });
  window.location.assign("/");
}
