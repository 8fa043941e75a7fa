// What went wrong with a request, as the API tells it (RFC 9457) or as the network does.
import type { components } from "./schema";

export type FieldProblem = components["schemas"]["FieldProblem"];

/** An answer that is an error, or no answer: `status` 0 and the code "unreachable". */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** What is wrong, and what to do; in English. */
    readonly detail: string,
    /** Finds the request in the logs. */
    readonly correlationId: string,
    readonly fields: readonly FieldProblem[] = [],
    /** Seconds after which to come again; 0 when the answer does not say. */
    readonly retryAfter = 0,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed later. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const UNREACHABLE = "unreachable";

export function isProblem(error: unknown): error is Problem {
  return error instanceof Problem;
}

/** The Problem of an answer that is an error. */
export async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Partial<components["schemas"]["Problem"]>;
  return new Problem(
    response.status,
    told.code ?? `status_${response.status}`,
    told.detail ?? response.statusText,
    told.correlation_id ?? response.headers.get("x-correlation-id") ?? "",
    told.errors ?? [],
    Number(response.headers.get("retry-after")) || 0,
  );
}
