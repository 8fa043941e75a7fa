// What the address of the setup holds.

const VIEWS = ["walk", "schema", "proposals", "templates", "copilot"] as const;

export interface SetupSearch {
  view?: (typeof VIEWS)[number];
  variable?: string;
}

export function setupSearch({ view, variable }: Record<string, unknown>): SetupSearch {
  const known = VIEWS.find((one) => one === view);
  return { ...(known && { view: known }), ...(typeof variable === "string" && { variable }) };
}
