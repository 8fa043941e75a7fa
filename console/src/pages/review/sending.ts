// The outbox of whoever is signed in: one for all pages, which sends for as long as the console is open.
import { useEffect, useSyncExternalStore } from "react";
import { client, newKey } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { queries } from "~/api/queries.ts";
import { type Session, sessionQuery, useSession } from "~/api/session.ts";
import { type Entry, isUnsent, Outbox, type Server } from "./outbox.ts";

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 15_000;
/** For how long it is taken as known who is signed in. */
const KNOWN_FOR = 10_000;

/** What verdicts change that is kept for longer than a moment. */
const MEASURED = ["/v1/projects/{project_id}/quality", "/v1/projects/{project_id}/review-samples"] as const;

const outboxes = new Map<string, Outbox>();

/** The outbox of whoever is signed in; it is theirs in this workspace alone. */
export function useOutbox(): Outbox | null {
  const session = useSession();
  return session ? outboxOf(session) : null;
}

const NONE: readonly Entry[] = [];
const nothing = () => () => {};

/** The entries of an outbox, which change while it sends. */
export function useEntries(outbox: Outbox | null): readonly Entry[] {
  return useSyncExternalStore(outbox?.subscribe ?? nothing, () => outbox?.entries ?? NONE);
}

/** Asks before the page is left while the server has not heard of everything. */
export function useLeaveWarning(entries: readonly Entry[]): void {
  const isAny = entries.some(isUnsent);
  useEffect(() => {
    if (!isAny) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isAny]);
}

function outboxOf(session: Session): Outbox {
  const prefix = `coderai.verdicts.${session.user.id}.${session.workspace.id}.`;
  const known = outboxes.get(prefix);
  if (known) return known;
  const outbox = new Outbox(window.localStorage, prefix, serverFor(session), newKey, (act) => alone(prefix, act));
  outboxes.set(prefix, outbox);
  keepSending(outbox, prefix);
  return outbox;
}

/** Calls the API, but only in the name of the one who judged: somebody else may have signed in meanwhile. */
function serverFor(session: Session): Server {
  const mustBeSignedIn = async () => {
    const now = await queries.fetchQuery({ ...sessionQuery, staleTime: KNOWN_FOR, retry: false });
    if (now.user.id !== session.user.id || now.workspace.id !== session.workspace.id) {
      throw new Problem(401, "other_session", "somebody else is signed in", "");
    }
  };
  return {
    async give({ id, projectId, item, said }, etag) {
      await mustBeSignedIn();
      const { data, response } = await client.POST("/v1/extractions/{extraction_id}/feedback", {
        params: {
          path: { extraction_id: item.extraction.id },
          header: { "Idempotency-Key": id, ...(etag && { "If-Match": etag }) },
        },
        body: said,
      });
      if (!data) throw new Problem(0, "no_answer", "the answer is empty", "");
      forget(projectId);
      return { feedback: data, etag: response.headers.get("etag") ?? "" };
    },
    async takeBack(feedbackId) {
      await mustBeSignedIn();
      const { data } = await client.DELETE("/v1/feedback/{feedback_id}", {
        params: { path: { feedback_id: feedbackId } },
      });
      if (data) forget(data.project_id);
    },
  };
}

/** What was estimated of a project is not as it is any more; it is read again where it is next shown. */
function forget(projectId: string): void {
  for (const path of MEASURED) {
    void queries.invalidateQueries({
      queryKey: ["get", path, { params: { path: { project_id: projectId } } }],
      refetchType: "none",
    });
  }
}

/** Sends what an earlier page has left, and what waits whenever the server may be there again. */
function keepSending(outbox: Outbox, prefix: string): void {
  let delay = FIRST_DELAY;
  let timer: number | undefined;
  const send = () => {
    window.clearTimeout(timer);
    timer = undefined;
    void outbox.send();
  };
  outbox.subscribe(() => {
    if (!outbox.isWaiting) delay = FIRST_DELAY;
    else if (timer === undefined) {
      timer = window.setTimeout(send, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    }
  });
  window.addEventListener("online", send);
  window.addEventListener("storage", (event) => {
    if (event.key === null || event.key.startsWith(prefix)) outbox.reload();
  });
  send();
}

/** One tab sends at a time, where the browser can see to that; where not, repeated requests do no harm. */
async function alone(name: string, act: () => Promise<void>): Promise<void> {
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks) await locks.request(name, act);
  else await act();
}
