// Who is signed in, and what they may do.
import { useQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import type { Schema } from "./types.ts";

export type Session = Schema<"SessionOfPage">;

export const sessionQuery = api.queryOptions("get", "/v1/auth/session", {}, { staleTime: 60_000 });

const MAY_EDIT: readonly Schema<"Workspace">["role"][] = ["EDITOR", "OWNER"];

/** The session of who is signed in; pages inside the frame always have one. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

/** Whether the signed-in person may change anything, and whether the workspace is theirs. */
export function useRights(): { mayEdit: boolean; isOwner: boolean } {
  const role = useSession()?.workspace.role;
  return { mayEdit: role !== undefined && MAY_EDIT.includes(role), isOwner: role === "OWNER" };
}
