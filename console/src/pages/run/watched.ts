// What a page knows of a job from its stream: pure, so that it can be tested without one.
import type { Schema } from "~/api/types.ts";

export type Job = Schema<"Job">;
export type JobUpdate = Schema<"JobUpdate">;
export type JobEvent = Schema<"JobEvent">;

export const UPDATES: readonly JobUpdate["type"][] = [
  "snapshot",
  "progress",
  "document_completed",
  "document_failed",
  "job_completed",
  "job_paused",
  "job_failed",
  "job_cancelled",
];
const LAST: readonly JobUpdate["type"][] = ["job_completed", "job_failed", "job_cancelled"];
const ENDED: readonly Job["status"][] = ["COMPLETE", "FAILED", "CANCELLED"];

/** A job as of its event `sequence`, with the events that came since the page listens, in their order. */
export interface Watched {
  job: Job;
  sequence: number;
  events: readonly JobEvent[];
}

/** Whether the job is over: only a retry of what failed makes it go on. */
export function isOver(job: Job): boolean {
  return ENDED.includes(job.status);
}

/** Whether nothing follows the update. */
export function isLast(update: JobUpdate): boolean {
  return update.type === "snapshot" ? isOver(update.job) : LAST.includes(update.type);
}

/**
 * What is known after these updates; an event that came before changes nothing.
 *
 * A snapshot replaces all: what happened before it is in the log.
 */
export function applied(before: Watched | undefined, updates: readonly JobUpdate[]): Watched | undefined {
  let known = before;
  let came: JobEvent[] = [...(before?.events ?? [])];
  for (const update of updates) {
    if (known && update.sequence < known.sequence + (update.event ? 1 : 0)) continue;
    if (update.event) came.push(update.event);
    else came = [];
    known = { job: update.job, sequence: update.sequence, events: came };
  }
  return known;
}

/** Documents by what became of them, and how many are done in a minute of late; null when that is not known. */
export function counts(job: Job): { done: number; failed: number; left: number; perMinute: number | null } {
  const left = Math.max(0, job.documents_total - job.documents_processed);
  const perMinute = job.eta_seconds ? (60 * left) / job.eta_seconds : null;
  return { done: job.documents_processed - job.documents_failed, failed: job.documents_failed, left, perMinute };
}

/** Rows of the log that were read, then those that came since, each once. */
export function logOf(read: readonly JobEvent[], isAllRead: boolean, came: readonly JobEvent[]): readonly JobEvent[] {
  if (!isAllRead) return read;
  const last = read.at(-1)?.sequence ?? 0;
  return [...read, ...came.filter((event) => event.sequence > last)];
}
