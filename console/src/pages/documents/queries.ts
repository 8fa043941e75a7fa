// What the pages about documents ask the API for, and what they say of it.
import { api, client } from "~/api/client.ts";
import { loadPageAgain, usePagesInMotion } from "~/api/polling.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import { isUnread, SOON, unreadOf } from "~/parts/reading.ts";

export const FILTERS = ["all", "failed", "waiting", "duplicates", "sources"] as const;
export type Filter = (typeof FILTERS)[number];

const ASKED: Record<Filter, { status?: Schema<"DocumentStatus">; duplicates?: boolean; sources?: boolean }> = {
  all: {},
  failed: { status: "FAILED" },
  waiting: { status: "UPLOADED" },
  duplicates: { duplicates: true },
  sources: { sources: true },
};
const PAGE = 200;
const PATH = "/v1/projects/{project_id}/documents";

type List = Schema<"ListDocumentsResponse">;

/** A project's documents, more of them as they are asked for; looked at again while some are not read yet. */
export function useDocuments(projectId: string, filter: Filter) {
  const list = listOf(projectId, filter);
  const found = api.useInfiniteQuery("get", PATH, list.init, {
    pageParamName: "page_token",
    initialPageParam: "",
    getNextPageParam: (last: List) => last.next_page_token || undefined,
  });
  const pages = found.data?.pages;
  const isMoving = unreadOf(pages?.[0]) > 0 || pages?.some(holdsUnread);
  usePagesInMotion(list, pages, holdsUnread, isMoving ? SOON : false);
  return found;
}

function listOf(projectId: string, filter: Filter) {
  const params = { path: { project_id: projectId }, query: { page_size: PAGE, ...ASKED[filter] } };
  return {
    init: { params },
    queryKey: api.queryOptions("get", PATH, { params }).queryKey,
    load: async (page_token: string) =>
      (await client.GET(PATH, { params: { ...params, query: { ...params.query, page_token } } })).data,
  };
}

/** Has lists of documents ask for their ends, where those stand that have come. */
export async function documentsCame(projectId: string): Promise<void> {
  const lists = FILTERS.map((filter) => listOf(projectId, filter));
  const kept = new Set(lists.map(({ queryKey }) => JSON.stringify(queryKey)));
  await Promise.all([
    ...lists.map((list) => loadPageAgain(list, -1)),
    queries.invalidateQueries({
      queryKey: ["get", PATH],
      predicate: ({ queryKey, state }) => state.data === undefined || !kept.has(JSON.stringify(queryKey)),
    }),
  ]);
}

const holdsUnread = ({ items }: List) => items.some(isUnread);

/** The size of a file as people say it. */
export function sizeOf(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte"] as const;
  const at = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const style = { style: "unit", unit: units[at] ?? "byte", unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, style).format(bytes / 1_000 ** at);
}

/** The name of a language by its code, such as "Arabic"; the code where it has none. */
export function languageOf(code: string, locale: string): string {
  return new Intl.DisplayNames(locale, { type: "language", fallback: "code" }).of(code) ?? code;
}
