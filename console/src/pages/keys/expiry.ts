// For how long a key is good, and what it may be allowed.
import type { Schema } from "~/api/types.ts";

type Role = Schema<"Workspace">["role"];

/** Days, or without an end. */
export const LASTING = ["30", "90", "365", "always"] as const;
export type Lasting = (typeof LASTING)[number];

/** The moment from which on a key that is made now is not valid; null without an end. */
export function expiryOf(lasting: Lasting, now: Date): string | null {
  if (lasting === "always") return null;
  return new Date(now.getTime() + Number(lasting) * 24 * 3600 * 1000).toISOString();
}

/** The roles that a key may have whose maker has this one. */
export function rolesUpTo(role: Role): Role[] {
  const all: Role[] = ["VIEWER", "EDITOR", "OWNER"];
  return all.slice(0, all.indexOf(role) + 1);
}
