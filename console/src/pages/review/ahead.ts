// What the next cells need is loaded before they are looked at.
import { useEffect } from "react";
import { api } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { loadAhead } from "~/parts/DocumentView.tsx";
import { passagesOf } from "./passages.ts";
import { type Item, idOf } from "./queue.ts";

const FRESH_FOR = 60_000;
const MOST_ROWS = 200;

/** The request for the rows of a document. */
export function rowsOf(projectId: string, documentId: string) {
  const query = { filter: [`document.id=${documentId}`], page_size: MOST_ROWS };
  const init = { params: { path: { project_id: projectId }, query } };
  return ["get", "/v1/projects/{project_id}/dataset/rows", init, { staleTime: FRESH_FOR }] as const;
}

/** Loads the documents and rows of these cells. */
export function useLoadedAhead(projectId: string, items: readonly Item[]): void {
  const key = items.map(idOf).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says which items these are
  useEffect(() => {
    for (const item of items) {
      const { extraction } = item;
      void loadAhead(extraction.document_id, passagesOf(extraction));
      void queries.prefetchQuery(api.queryOptions(...rowsOf(projectId, extraction.document_id)));
    }
  }, [projectId, key]);
}
