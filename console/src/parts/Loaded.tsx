// Shows what a query gives, or that it is waited for, or what went wrong.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNotice } from "./ProblemNotice.tsx";
import { Waiting } from "./Waiting.tsx";

/** What was there before stays while it is asked for again, with the problem above it if that fails. */
export function Loaded<Data>({
  query,
  what,
  children,
}: {
  query: UseQueryResult<Data, unknown>;
  what?: string;
  children: (data: Data) => ReactNode;
}) {
  const retry = () => void query.refetch();
  return (
    <>
      {query.error !== null && <ProblemNotice error={query.error} retry={retry} />}
      {query.data !== undefined
        ? children(query.data)
        : query.error === null && <Waiting retry={retry} {...(what !== undefined && { what })} />}
    </>
  );
}
