// A job as it stands, followed live while it is not over.
import { useEffect, useState } from "react";
import { api } from "~/api/client.ts";
import { listen } from "~/api/live.ts";
import { lookAgain } from "~/api/polling.ts";
import { queries } from "~/api/queries.ts";
import { applied, isLast, isOver, type Job, type JobEvent, type JobUpdate, UPDATES, type Watched } from "./watched.ts";

/** Milliseconds in which updates are gathered before they are shown; a fast job sends hundreds in a second. */
const GATHERED = 150;
/** Milliseconds after which a job that runs is asked for by itself, should the stream hang without an error. */
const ASKED_EVERY = 15_000;

const params = (jobId: string) => ({ params: { path: { job_id: jobId } } });
export const jobQuery = (jobId: string) => api.queryOptions("get", "/v1/jobs/{job_id}", params(jobId));

/** What of a job is asked for again when documents of it have failed, or are tried again. */
const FAILURES_CHANGE: readonly JobEvent["event"][] = ["DOC_FAILED", "DOCS_REREAD", "JOB_RESUMED", "JOB_COMPLETED"];

/** The query of a job, the events that came since, and whether the connection stands; it stands where none is needed. */
export function useWatchedJob(jobId: string) {
  const query = api.useQuery("get", "/v1/jobs/{job_id}", params(jobId), {
    ...lookAgain<Job>((job) => (isOver(job) ? false : ASKED_EVERY)),
  });
  const [events, setEvents] = useState<readonly JobEvent[]>([]);
  const [isConnected, setConnected] = useState(true);
  const isFollowed = query.data !== undefined && !isOver(query.data);

  useEffect(() => {
    if (!isFollowed) return undefined;
    let watched: Watched | undefined;
    const stop = follow(jobId, setConnected, (updates) => {
      watched = applied(watched, updates);
      if (!watched) return;
      setEvents(watched.events);
      keep(watched.job);
      askAgain(jobId, updates);
    });
    return () => {
      stop();
      setConnected(true);
      // What a job has done shows on all pages of its project.
      void queries.invalidateQueries();
    };
  }, [jobId, isFollowed]);

  return { query, events, isConnected };
}

/** Calls `heard` with updates in batches, in their order, and at once with the last ones. */
function follow(jobId: string, connected: (is: boolean) => void, heard: (updates: readonly JobUpdate[]) => void) {
  let gathered: JobUpdate[] = [];
  let timer: number | undefined;
  const hand = () => {
    window.clearTimeout(timer);
    timer = undefined;
    if (gathered.length > 0) heard(gathered.splice(0));
  };
  const stop = listen<JobUpdate>(`/v1/jobs/${jobId}/events`, UPDATES, {
    connected,
    isLast,
    update: (update) => {
      gathered.push(update);
      if (isLast(update)) hand();
      else timer ??= window.setTimeout(hand, GATHERED);
    },
  });
  return () => {
    stop();
    window.clearTimeout(timer);
    gathered = [];
  };
}

/** The job as the stream told it; an answer under way may be older, and is not waited for. */
function keep(job: Job): void {
  const { queryKey } = jobQuery(job.id);
  void queries.cancelQueries({ queryKey });
  queries.setQueryData(queryKey, job);
}

/** The failures and, after a snapshot, the log: it says what happened before. */
function askAgain(jobId: string, updates: readonly JobUpdate[]): void {
  const hasSnapshot = updates.some((update) => update.type === "snapshot");
  if (hasSnapshot) void queries.invalidateQueries({ queryKey: ["get", "/v1/jobs/{job_id}/log", params(jobId)] });
  if (hasSnapshot || updates.some((update) => update.event && FAILURES_CHANGE.includes(update.event.event))) {
    void queries.invalidateQueries({ queryKey: ["get", "/v1/jobs/{job_id}/tasks"] });
  }
}
