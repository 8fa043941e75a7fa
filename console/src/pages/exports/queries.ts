// What the page of exports asks for, and what it does.
import { useMutation } from "@tanstack/react-query";
import { api, client } from "~/api/client.ts";
import { usePagesInMotion } from "~/api/polling.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import { type ExportWish, requestOf } from "./formats.ts";

const LIST = ["get", "/v1/projects/{project_id}/exports"] as const;
const PAGE = 200;

/** A project's exports, newest first; asked for again while one is being written. */
export function useExports(projectId: string) {
  const params = { path: { project_id: projectId }, query: { page_size: 20 } };
  const { queryKey } = api.queryOptions(...LIST, { params });
  const load = async (page_token: string) =>
    (await client.GET(LIST[1], { params: { ...params, query: { ...params.query, page_token } } })).data;
  const found = api.useInfiniteQuery(
    ...LIST,
    { params },
    {
      pageParamName: "page_token",
      initialPageParam: "",
      getNextPageParam: (last: { next_page_token: string }) => last.next_page_token || undefined,
    },
  );
  usePagesInMotion({ queryKey, load }, found.data?.pages, isWritten, found.data?.pages.some(isWritten) ? SOON : false);
  return found;
}

const SOON = 1_000;
/** Whether an export of the page is being written. */
const isWritten = ({ items }: Schema<"ListExportsResponse">) => items.some(({ status }) => status === "PENDING");

export class NoSuchDocument extends Error {}

/** Has an export written. Raises NoSuchDocument when no document has the wanted words in its name. */
export function useCreateExport(projectId: string) {
  const params = { path: { project_id: projectId } };
  return useMutation({
    mutationFn: async (wish: ExportWish) => {
      const wanted = wish.documents.trim();
      const ids = wanted ? await documentsNamed(projectId, wanted) : [];
      if (wanted && ids.length === 0) throw new NoSuchDocument();
      return client.POST("/v1/projects/{project_id}/exports", { params, body: requestOf(wish, ids) });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}

export function useEndExport() {
  return useMutation({
    mutationFn: async ({ id, act }: { id: string; act: "cancel" | "delete" }) => {
      const init = { params: { path: { export_id: id } } };
      if (act === "cancel") await client.POST("/v1/exports/{export_id}/cancel", init);
      else await client.DELETE("/v1/exports/{export_id}", init);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}

/** Ids of the documents whose names have these words in them. */
async function documentsNamed(projectId: string, words: string): Promise<string[]> {
  const found: string[] = [];
  let token = "";
  do {
    const query = { page_size: PAGE, ...(token && { page_token: token }) };
    const params = { path: { project_id: projectId }, query };
    const { data } = await client.GET("/v1/projects/{project_id}/documents", { params });
    for (const { id, name } of data?.items ?? []) {
      if (name.toLocaleLowerCase().includes(words.toLocaleLowerCase())) found.push(id);
    }
    token = data?.next_page_token ?? "";
  } while (token);
  return found;
}
