// How answers are kept: for how long they are fresh, and when a request is repeated.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { isProblem } from "./problem.ts";
import { sessionQuery } from "./session.ts";

const TRIES = 3;

export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      // Whoever is signed out meanwhile is asked to sign in: the frame of all pages watches the session.
      if (isProblem(error) && error.status === 401 && query.queryKey !== sessionQuery.queryKey) {
        void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failed, error) => failed < TRIES && isProblem(error) && error.mayPass,
      retryDelay: (failed, error) =>
        isProblem(error) && error.retryAfter ? error.retryAfter * 1000 : Math.min(500 * 2 ** failed, 5_000),
      // A server on the same machine is there without any network.
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
