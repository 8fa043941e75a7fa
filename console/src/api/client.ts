// The gateway's API, typed by its OpenAPI document; answers that are errors are raised as Problem.
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import { Problem, problemOf, UNREACHABLE } from "./problem.ts";
import type { paths } from "./schema";

const raising: Middleware = {
  onRequest({ request }) {
    // A POST that is sent again, as its answer was lost, gets the first answer.
    if (request.method === "POST" && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", newKey());
    }
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
    return response;
  },
  onError({ error }) {
    if (error instanceof Problem || (error instanceof DOMException && error.name === "AbortError")) return undefined;
    return new Problem(0, UNREACHABLE, "the server cannot be reached", "");
  },
};

/** A key of 128 random bits; crypto.randomUUID is not there where the page came by http from another machine. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Calls that are made once: `await client.POST("/v1/projects", { body })`. */
export const client = createFetchClient<paths>({ baseUrl: window.location.origin });
client.use(raising);

/** Calls as queries and mutations: `api.useQuery("get", "/v1/projects", { params })`. */
export const api = createQueryClient(client);
