import { expect, test } from "vitest";
import { applied, counts, isLast, type Job, type JobUpdate, logOf } from "./watched.ts";

const job = (processed: number, status: Job["status"] = "PROCESSING", failed = 0): Job => ({
  id: "1",
  project_id: "2",
  kind: "FULL",
  status,
  status_reason: "",
  codebook_hash: "",
  model: "offline",
  documents_total: 10,
  documents_processed: processed,
  documents_failed: failed,
  consecutive_failures: 0,
  tokens_in: 0,
  tokens_out: 0,
  cost: null,
  progress: 10 * processed,
  eta_seconds: null,
  created_at: "",
  started_at: null,
  finished_at: null,
  tokens_cached: 0,
  sample_seed: null,
  variables: [],
});
const snapshot = (sequence: number, of: Job): JobUpdate => ({ type: "snapshot", sequence, event: null, job: of });
const change = (sequence: number, of: Job, type: Exclude<JobUpdate["type"], "snapshot"> = "progress"): JobUpdate => ({
  type,
  sequence,
  job: of,
  event: {
    sequence,
    event: "DOC_COMPLETED",
    level: "INFO",
    job_id: "1",
    document_id: "3",
    message: `${sequence}`,
    metadata: {},
    created_at: "",
    correlation_id: "",
    trace_id: "",
  },
});

test("events that come again count once", () => {
  const once = applied(undefined, [snapshot(4, job(2)), change(5, job(3)), change(6, job(4))]);
  const again = applied(once, [change(5, job(3)), change(6, job(4)), change(7, job(5))]);
  expect(again?.job.documents_processed).toBe(5);
  expect(again?.events.map((event) => event.sequence)).toEqual([5, 6, 7]);
});

test("a snapshot replaces what was known, but no newer state", () => {
  const known = applied(undefined, [snapshot(4, job(2)), change(5, job(3))]);
  expect(applied(known, [snapshot(9, job(7))])?.job.documents_processed).toBe(7);
  expect(applied(known, [snapshot(9, job(7))])?.sequence).toBe(9);
  expect(applied(known, [snapshot(9, job(7))])?.events).toEqual([]);
  expect(applied(known, [snapshot(3, job(1))])?.job.documents_processed).toBe(3);
  expect(applied(undefined, [])).toBeUndefined();
});

test("a job of which nothing more comes is known as such", () => {
  expect(isLast(snapshot(4, job(2)))).toBe(false);
  expect(isLast(snapshot(4, job(10, "COMPLETE")))).toBe(true);
  expect(isLast(change(4, job(2, "PAUSED"), "job_paused"))).toBe(false);
  expect(isLast(change(4, job(10, "COMPLETE"), "document_completed"))).toBe(false);
  expect(isLast(change(5, job(10, "COMPLETE"), "job_completed"))).toBe(true);
});

test("done, failed and left are all documents", () => {
  expect(counts({ ...job(5, "PROCESSING", 2), eta_seconds: 30 })).toEqual({
    done: 3,
    failed: 2,
    left: 5,
    perMinute: 10,
  });
  expect(counts(job(0)).perMinute).toBeNull();
});

test("the log goes on with what came since, without a gap or a repetition", () => {
  const came = [5, 6, 7].map((sequence) => change(sequence, job(1)).event).filter((event) => event !== null);
  const read = came.slice(0, 2);
  expect(logOf(read, true, came).map((event) => event.sequence)).toEqual([5, 6, 7]);
  expect(logOf(read, false, came)).toBe(read);
  expect(logOf([], true, came)).toHaveLength(3);
});
