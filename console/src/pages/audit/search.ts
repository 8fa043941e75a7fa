// What the address of the list of who did what holds.
export interface AuditSearch {
  what?: string;
  who?: string;
  project?: string;
  since?: string;
  until?: string;
}

export function auditSearch({ what, who, project, since, until }: Record<string, unknown>): AuditSearch {
  const given = Object.entries({ what, who, project, since, until }).filter(([, text]) => typeof text === "string");
  return Object.fromEntries(given);
}
