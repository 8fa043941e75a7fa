// What can be done in a workspace, in groups that people look for; the dates of a filter as the API takes them.
import type { Schema } from "~/api/types.ts";
import type { AuditSearch } from "./search.ts";

type Kind = Schema<"AuditKind">;

export const GROUPS = {
  access: [
    "SIGNED_IN",
    "SIGN_IN_FAILED",
    "SIGNED_OUT",
    "SESSION_REVOKED",
    "PASSWORD_CHANGED",
    "PASSWORD_RESET",
    "ACCOUNT_DEACTIVATED",
  ],
  people: [
    "WORKSPACE_CREATED",
    "MEMBER_INVITED",
    "INVITATION_TAKEN_BACK",
    "MEMBER_JOINED",
    "ROLE_CHANGED",
    "MEMBER_REMOVED",
  ],
  keys: ["API_KEY_CREATED", "API_KEY_REVOKED"],
  projects: [
    "PROJECT_CREATED",
    "PROJECT_CHANGED",
    "PROJECT_DELETED",
    "TEMPLATE_CREATED",
    "TEMPLATE_DELETED",
    "TEMPLATE_APPLIED",
  ],
  variables: [
    "VARIABLE_CREATED",
    "VARIABLE_CHANGED",
    "VARIABLE_DELETED",
    "VARIABLES_REORDERED",
    "PROMPT_ACTIVATED",
    "PROPOSAL_APPLIED",
    "REFINEMENT_APPLIED",
  ],
  runs: ["JOB_STARTED", "JOB_CANCELLED", "BUDGET_CHANGED", "DOCUMENT_DELETED"],
  exports: ["EXPORT_CREATED", "EXPORT_DOWNLOADED", "EXPORT_DELETED"],
} as const satisfies Record<string, readonly Kind[]>;

export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

export function isGroup(text: string | undefined): text is Group {
  return text !== undefined && text in GROUPS;
}

/** What the API is asked for; days are those of the person's own clock, the last one included. */
export function askedOf({ what, who, project, since, until }: AuditSearch) {
  return {
    page_size: 50,
    ...(isGroup(what) && { kinds: [...GROUPS[what]] }),
    ...(who && { actor_id: who }),
    ...(project && { project_id: project }),
    ...(since && startOf(since, 0)),
    ...(until && endOf(until)),
  };
}

function startOf(day: string, later: number, name: "since" | "until" = "since") {
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return {};
  date.setDate(date.getDate() + later);
  return { [name]: date.toISOString() };
}

const endOf = (day: string) => startOf(day, 1, "until");
