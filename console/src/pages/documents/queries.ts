// What the pages about documents ask the API for, and what they say of it.
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";

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
const SOONEST = 1_000;
const LATEST = 10_000;

/** A project's documents, more of them as they are asked for; looked at again while some are not read yet. */
export function useDocuments(projectId: string, filter: Filter) {
  const query = { page_size: PAGE, ...ASKED[filter] };
  return api.useInfiniteQuery(
    "get",
    "/v1/projects/{project_id}/documents",
    { params: { path: { project_id: projectId }, query } },
    {
      pageParamName: "page_token",
      initialPageParam: "",
      getNextPageParam: (last: Schema<"ListDocumentsResponse">) => last.next_page_token || undefined,
      refetchInterval: ({ state }) => nextLook(unreadOf(state.data?.pages[0])),
    },
  );
}

/** How many are not read yet. */
export function unreadOf(list: Schema<"ListDocumentsResponse"> | undefined): number {
  return (list?.counts.UPLOADED ?? 0) + (list?.counts.PARSED ?? 0);
}

/** In how many milliseconds to look again: seldom where many are waiting, as it takes them long; never where none is. */
export function nextLook(unread: number): number | false {
  return unread === 0 ? false : Math.min(LATEST, SOONEST + unread * 20);
}

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
