// What a person says of a cell, as it is sent, and what must be asked for again after that.
import { client } from "~/api/client.ts";
import { isProblem, Problem } from "~/api/problem.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";

export type Said = Schema<"GiveFeedbackRequest">;

/** The cell that is spoken of: `cell` is null where nothing was ever extracted for it. */
export interface Of {
  projectId: string;
  unitId: string;
  variable: string;
  cell: Schema<"Extraction"> | null;
}

/** Says it, of the cell as it was seen. Raises Problem; see `hasChanged`. */
export async function say({ projectId, unitId, variable, cell }: Of, said: Said): Promise<void> {
  if (cell) {
    const params = { path: { extraction_id: cell.id }, ...(cell.etag && { header: { "If-Match": cell.etag } }) };
    await client.POST("/v1/extractions/{extraction_id}/feedback", { params, body: said });
    return;
  }
  const { data } = await client.POST("/v1/projects/{project_id}/feedback", {
    params: { path: { project_id: projectId } },
    body: { items: [{ unit_id: unitId, variable, ...said }] },
  });
  const error = data?.items[0]?.error;
  if (error) throw new Problem(422, "feedback_refused", error, "");
}

/** Whether somebody has changed the cell since it was seen. */
export function hasChanged(error: unknown): boolean {
  return isProblem(error) && error.status === 412;
}

const CHANGED = [
  "/v1/projects/{project_id}/dataset/rows",
  "/v1/projects/{project_id}/dataset/facets",
  "/v1/projects/{project_id}/dataset/staleness",
  "/v1/extractions/{extraction_id}",
  "/v1/extractions/{extraction_id}/feedback",
  "/v1/projects/{project_id}/quality",
];

/** Has all that shows cells asked for again. */
export async function cellChanged(): Promise<void> {
  await queries.invalidateQueries({ predicate: ({ queryKey }) => CHANGED.includes(String(queryKey[1])) });
}
