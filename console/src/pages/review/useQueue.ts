// Loads the cells of a queue page by page, always some more than are looked at.
import { type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { client } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";
import { allOf, type Item, nextPage } from "./queue.ts";

/** Cells that are loaded before they are looked at. */
export const AHEAD = 5;
const PAGE_SIZE = 20;

/** Which cells: those to mend, or those of a sample; `disputed`: also those on which people differ. */
export type Wanted = { sampleId: string } | { disputed: boolean };

export interface Queue {
  items: Item[];
  /** Cells that were left when the queue was opened. */
  total: number;
}

interface Pages {
  pages: readonly Schema<"GetReviewQueueResponse">[];
}

export function useQueue(projectId: string, wanted: Wanted): UseInfiniteQueryResult<Queue, Error> {
  return useInfiniteQuery({
    // Nothing makes it out of date: it is never loaded again while it is shown.
    queryKey: ["review queue", projectId, wanted],
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await client.GET("/v1/projects/{project_id}/review", {
        params: {
          path: { project_id: projectId },
          query: { ...queryOf(wanted), page_token: pageParam, page_size: PAGE_SIZE },
        },
        signal,
      });
      if (!data) throw new Problem(0, "no_answer", "the answer is empty", "");
      return data;
    },
    initialPageParam: "",
    getNextPageParam: (_last, pages) => nextPage(pages),
    select: ({ pages }: Pages) => ({ items: allOf(pages.map((page) => page.items)), total: pages[0]?.total ?? 0 }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

const queryOf = (wanted: Wanted) =>
  "sampleId" in wanted
    ? ({ queue: "MEASURE", sample_id: wanted.sampleId } as const)
    : ({ queue: "REPAIR", disputed: wanted.disputed } as const);

/** Loads the next page as soon as few open cells are left; where that failed, again once the server answers. */
export function useMoreWhenFew(query: UseInfiniteQueryResult<Queue, Error>, open: number, isAway: boolean): void {
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const isWanted = open <= AHEAD && hasNextPage && !isFetching;
  useEffect(() => {
    if (isWanted && !isError) void fetchNextPage();
  }, [isWanted, isError, fetchNextPage]);

  const again = useEffectEvent(() => {
    if (isWanted && isError) void fetchNextPage();
  });
  useEffect(() => {
    if (!isAway) again();
  }, [isAway]);
}
