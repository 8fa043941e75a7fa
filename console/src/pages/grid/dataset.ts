// What the grid asks the API for: rows by tiles, histograms by blocks of columns.
import {
  keepPreviousData,
  type QueryClient,
  type QueryFunctionContext,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, client } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { lane } from "./lane.ts";
import { blockOf, COLUMNS, ROWS, type Tile } from "./tiles.ts";

/** Which rows are shown, in what order, of which variables. */
export interface Shown {
  projectId: string;
  filter: readonly string[];
  sort: string;
  /** Names, in the order of the columns. */
  names: readonly string[];
}

const ROWS_PATH = "/v1/projects/{project_id}/dataset/rows";
const FRESH = 30_000;
/** Tiles that are out of sight are kept for so long. */
const KEPT = 120_000;
/** More requests at once would only wait for each other at the server. */
const inTurn = lane(4);
/** Tiles that are scrolled past faster than this are not asked for. */
const SETTLED = 60;

function rowsQuery({ projectId, filter, sort, names }: Shown, { page, block }: Tile) {
  const query = {
    ...(filter.length > 0 && { filter: [...filter] }),
    ...(sort && { sort }),
    variables: blockOf(names, block),
    page_size: ROWS,
    offset: page * ROWS,
  };
  const init = { params: { path: { project_id: projectId }, query } };
  const options = api.queryOptions("get", ROWS_PATH, init, { staleTime: FRESH, gcTime: KEPT });
  return {
    ...options,
    queryFn: ({ signal, queryKey, client: queries }: QueryFunctionContext<typeof options.queryKey>) =>
      inTurn(signal, async () => {
        const rows = (await client.GET(ROWS_PATH, init)).data as Schema<"ListDatasetRowsResponse">;
        // What was scrolled past meanwhile has not come for nothing.
        if (signal.aborted) queries.setQueryData(queryKey, rows);
        return rows;
      }),
  };
}

/** How many rows there are, with the first of them. While other filters are asked for, what was there before. */
export function useHead(shown: Shown) {
  return useQuery({ ...rowsQuery(shown, { page: 0, block: 0 }), placeholderData: keepPreviousData });
}

/** One cell with its row, as far as it is loaded; the row alone where `column` is none of the variables. */
export function useCell(shown: Shown, row: number, column: number) {
  const tile = { page: Math.floor(row / ROWS), block: Math.floor(Math.max(column, 0) / COLUMNS) };
  const query = useQuery(rowsQuery(shown, tile));
  const found = query.data?.items[row - tile.page * ROWS];
  return { query, row: found, cell: found && cellOf(found, shown.names[column]) };
}

/** Rows and cells by their numbers, of the tiles that are there. */
export interface Loaded {
  row: (row: number) => Schema<"DatasetRow"> | undefined;
  /** The parts of a row that are there, one of each block from the first. */
  parts: (row: number) => readonly (Schema<"DatasetRow"> | undefined)[];
  error: unknown;
  retry: () => void;
}

/** Asks for the tiles that are seen, once the scroll stays at them; what is scrolled past meanwhile is cancelled. */
export function useTiles(shown: Shown, tiles: readonly Tile[]): Loaded {
  const client = useQueryClient();
  const settled = useSettled(tiles.map(({ page, block }) => `${page}.${block}`).join(" "));
  const asked = settled.split(" ").map((text) => {
    const [page = 0, block = 0] = text.split(".").map(Number);
    return { page, block };
  });
  // Rows are read from the cache below, where those are too that are not asked for now: their coming must be told.
  const told = { notifyOnChangeProps: ["data" as const, "error" as const] };
  const results = useQueries({ queries: asked.map((tile) => ({ ...rowsQuery(shown, tile), ...told })) });
  const failed = results.find(({ error }) => error !== null);
  const blocks = Math.ceil(shown.names.length / COLUMNS);
  const cached = new Map<string, readonly Schema<"DatasetRow">[] | undefined>();
  const at = (page: number, block: number) => {
    const key = `${page}.${block}`;
    if (!cached.has(key)) cached.set(key, itemsOf(client, shown, { page, block }));
    return cached.get(key);
  };
  const parts = (row: number) => {
    const page = Math.floor(row / ROWS);
    return Array.from({ length: blocks }, (_, block) => at(page, block)?.[row - page * ROWS]);
  };
  return {
    parts,
    row: (row) => parts(row).find((part) => part !== undefined),
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  };
}

/** The cell of a variable in a row. */
export function cellOf(row: Schema<"DatasetRow">, name: string | undefined): Schema<"DatasetCell"> | undefined {
  return row.cells.find(({ variable }) => variable === name);
}

/** What the columns hold under the filter, by the variable's name; asked for once rows are there. */
export function useFacets(shown: Shown, blocks: readonly number[], isWanted: boolean): Map<string, Schema<"Facet">> {
  const results = useQueries({
    queries: blocks.map((block) => ({
      ...facetsQuery(shown, blockOf(shown.names, block)),
      enabled: isWanted && shown.names.length > 0,
    })),
  });
  return new Map(results.flatMap(({ data }) => data?.items.map((one) => [one.variable, one] as const) ?? []));
}

function facetsQuery({ projectId, filter }: Shown, variables: string[]) {
  const query = { ...(filter.length > 0 && { filter: [...filter] }), variables };
  return api.queryOptions(
    "get",
    "/v1/projects/{project_id}/dataset/facets",
    { params: { path: { project_id: projectId }, query } },
    { staleTime: FRESH, gcTime: KEPT },
  );
}

function itemsOf(client: QueryClient, shown: Shown, tile: Tile) {
  return client.getQueryData<Schema<"ListDatasetRowsResponse">>(rowsQuery(shown, tile).queryKey)?.items;
}

/** A text once it has stayed the same for a moment; the first one at once. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), SETTLED);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}
