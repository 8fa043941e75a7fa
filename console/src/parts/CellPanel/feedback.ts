// What a person says of a cell, as it is sent, and what must be asked for again after that.
import type { Query } from "@tanstack/react-query";
import { client } from "~/api/client.ts";
import { isProblem, Problem } from "~/api/problem.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";

export type Said = Schema<"GiveFeedbackRequest">;

/** What of a cell is shown where it is judged. */
export type Shown = Pick<Schema<"DatasetCell">, "value" | "missing_reason" | "verdict" | "etag">;

/** The cell that is spoken of, as it was seen: `extractionId` is empty where nothing was ever asked for it. */
export interface Of {
  projectId: string;
  unitId: string;
  variable: string;
  extractionId: string;
  etag: string;
}

/**
 * Says it, of the cell as it was seen; where somebody has changed that meanwhile, it is shown as it stands now.
 *
 * Raises Problem; see `hasChanged`.
 */
export async function say(of: Of, said: Said): Promise<void> {
  try {
    await (of.extractionId ? sayOfExtraction(of, said) : sayOfCell(of, said));
  } catch (error) {
    if (hasChanged(error))
      await queries.refetchQueries({ predicate: showsCells, type: "active" }, { throwOnError: true });
    throw error;
  }
}

async function sayOfExtraction({ extractionId, etag }: Of, said: Said): Promise<void> {
  const params = { path: { extraction_id: extractionId }, ...(etag && { header: { "If-Match": etag } }) };
  await client.POST("/v1/extractions/{extraction_id}/feedback", { params, body: said });
}

async function sayOfCell({ projectId, unitId, variable, etag }: Of, said: Said): Promise<void> {
  const { data } = await client.POST("/v1/projects/{project_id}/feedback", {
    params: { path: { project_id: projectId } },
    body: { items: [{ unit_id: unitId, variable, expected_etags: [etag], ...said }] },
  });
  const { code = "", error = "" } = data?.items[0] ?? {};
  if (error) throw new Problem(code === CHANGED_CODE ? 412 : 422, code, error, "");
}

const CHANGED_CODE = "cell_changed";

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
  await queries.invalidateQueries({ predicate: showsCells });
}

function showsCells({ queryKey }: Query): boolean {
  return CHANGED.includes(String(queryKey[1]));
}
