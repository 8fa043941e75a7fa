// When answers are asked for again: only while something is in motion, seldom after errors, never in a tab that nobody sees.
import { type InfiniteData, type QueryKey, useQuery } from "@tanstack/react-query";
import { queries } from "./queries.ts";

const LONGEST = 60_000;

interface Looked<Data> {
  state: { data: Data | undefined; status: string; dataUpdatedAt: number };
}

/**
 * Options of a query that looks again while something is in motion.
 *
 * `every`: after how many milliseconds; false where nothing is. While only errors come, the wait is as long as the last
 * good answer is old. TanStack Query lets tabs that nobody sees wait.
 */
export function lookAgain<Data>(every: (data: Data) => number | false) {
  return {
    refetchIntervalInBackground: false,
    refetchInterval: ({ state: { data, status, dataUpdatedAt } }: Looked<Data>): number | false => {
      const wait = data === undefined ? false : every(data);
      if (wait === false || status !== "error") return wait;
      return Math.min(LONGEST, Math.max(wait, Date.now() - dataUpdatedAt));
    },
  };
}

/** A page of a list, with what is told of the whole list beside it. */
interface Page {
  items: readonly { id: string }[];
  next_page_token: string;
}

/** How a list that is loaded page by page is kept and asked for. */
export interface PagedList<One extends Page> {
  queryKey: QueryKey;
  load: (pageToken: string) => Promise<One | undefined>;
}

/**
 * Looks again at a list of many pages while something in it is in motion: at one page each time, in turn those that
 * hold something in motion and the last, at which others are added.
 */
export function usePagesInMotion<One extends Page>(
  list: PagedList<One>,
  pages: readonly One[] | undefined,
  isMoving: (page: One) => boolean,
  every: number | false,
): void {
  const queryKey = ["in motion", ...list.queryKey];
  useQuery({
    queryKey,
    queryFn: async () => {
      const now = pagesOf<One>(list.queryKey);
      const moving = now.flatMap((page, at) => (isMoving(page) || at === now.length - 1 ? [at] : []));
      const before = queries.getQueryData<number>(queryKey) ?? -1;
      const next = moving.find((at) => at > before) ?? moving[0] ?? 0;
      await loadPageAgain(list, next);
      return next;
    },
    enabled: every !== false && pages !== undefined,
    staleTime: every || 0,
    ...lookAgain<number>(() => every),
  });
}

const pagesOf = <One extends Page>(queryKey: QueryKey) =>
  queries.getQueryData<InfiniteData<One, string>>(queryKey)?.pages ?? [];

/** Loads one page of a list again; `at` counts from its end where it is below 0. */
export async function loadPageAgain<One extends Page>({ queryKey, load }: PagedList<One>, at: number): Promise<void> {
  const before = queries.getQueryData<InfiniteData<One, string>>(queryKey);
  const token = before?.pageParams.at(at);
  if (token === undefined) return;
  const page = await load(token);
  if (!page) return;
  queries.setQueryData<InfiniteData<One, string>>(queryKey, (now) => {
    const place = now?.pageParams.indexOf(token) ?? -1;
    return now && place >= 0 ? { ...now, pages: withPage(now.pages, place, page) } : now;
  });
}

/** The pages with one in place of what was there; the first tells of the whole list what the new one does. */
export function withPage<One extends Page>(pages: readonly One[], place: number, page: One): One[] {
  const here = new Set(page.items.map(({ id }) => id));
  const { items: _, next_page_token: __, ...whole } = page;
  return pages.with(place, page).map((one, at) => ({
    ...one,
    ...(at === 0 && whole),
    // What has moved up from a later page stands there no more.
    items: at > place ? one.items.filter(({ id }) => !here.has(id)) : one.items,
  }));
}
