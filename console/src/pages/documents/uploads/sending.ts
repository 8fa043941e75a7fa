// Sends files: small ones together in one request, a large one so that it goes on after a break.
import * as tus from "tus-js-client";
import { client, newKey } from "~/api/client.ts";
import { isProblem, Problem, problemOf, UNREACHABLE } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";
import { type Outcome, outcomesOf, refusalsOf } from "./plan.ts";

export interface Sending {
  projectId: string;
  /** Of tables: the column that holds the texts; guessed when empty. */
  textColumn: string;
  /** Bytes that have gone. */
  progress: (sent: number) => void;
  signal: AbortSignal;
}

const DELAYS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000, 15_000];

/** Sends small files. What may pass is tried again; what cannot be sent at all is raised. */
export async function sendTogether(files: readonly File[], sending: Sending): Promise<Outcome[]> {
  const key = newKey();
  for (const delay of [...DELAYS, undefined]) {
    try {
      return outcomesOf(files.length, await post(files, key, sending));
    } catch (error) {
      if (!isProblem(error)) throw error;
      const names = files.map((file) => file.name);
      if (!error.mayPass && error.status !== 401) return refusalsOf(names, error);
      if (delay === undefined || error.status === 401) throw error;
      await pause(error.retryAfter ? error.retryAfter * 1_000 : delay, sending.signal);
    }
  }
  throw new Problem(0, UNREACHABLE, "", "");
}

/** The request by XMLHttpRequest, as fetch does not tell how much has gone. */
function post(files: readonly File[], key: string, sending: Sending): Promise<Schema<"Uploads">> {
  const form = new FormData();
  if (sending.textColumn) form.append("text_column", sending.textColumn);
  for (const file of files) form.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    sending.signal.addEventListener("abort", abort, { once: true });
    request.open("POST", `/v1/projects/${sending.projectId}/documents`);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = (event) => sending.progress(event.loaded);
    request.onerror = () => reject(new Problem(0, UNREACHABLE, "the server cannot be reached", ""));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    request.onloadend = () => sending.signal.removeEventListener("abort", abort);
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as Schema<"Uploads">);
      else problemOf(responseOf(request)).then(reject, reject);
    };
    request.send(form);
  });
}

function responseOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["retry-after", "x-correlation-id"]) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, statusText: request.statusText, headers });
}

/** Sends a large file, from where it was cut off if this browser has begun to send it before. */
export function sendAlone(file: File, sending: Sending): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint: `/v1/projects/${sending.projectId}/uploads`,
      metadata: { filename: file.name, ...(sending.textColumn && { text_column: sending.textColumn }) },
      retryDelays: DELAYS,
      removeFingerprintOnSuccess: true,
      fingerprint: () => Promise.resolve(fingerprintOf(file, sending)),
      onShouldRetry: (error) => mayPass(error.originalResponse?.getStatus() ?? 0),
      onProgress: (sent) => sending.progress(sent),
      onSuccess: () => resolve(outcomeOf(upload.url ?? "")),
      onError: (error) => {
        const problem = problemOfUpload(error);
        if (problem.mayPass || problem.status === 401) reject(problem);
        else resolve({ state: "refused", detail: problem.detail, correlationId: problem.correlationId });
      },
    });
    sending.signal.addEventListener("abort", () => {
      void upload.abort();
      reject(new DOMException("stopped", "AbortError"));
    });
    void upload.findPreviousUploads().then(([previous]) => {
      if (previous) upload.resumeFromPreviousUpload(previous);
      if (!sending.signal.aborted) upload.start();
    });
  });
}

/** Tells a file again after the page was reloaded: the same name, size and time of change, for the same project. */
function fingerprintOf(file: File, { projectId, textColumn }: Sending): string {
  return ["coderai", projectId, file.name, file.size, file.lastModified, textColumn].join(" ");
}

/** 409 and 423 ask to look where the upload goes on. */
const mayPass = (status: number) => status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;

async function outcomeOf(url: string): Promise<Outcome> {
  const path = { upload_id: url.slice(url.lastIndexOf("/") + 1) };
  const { data } = await client.GET("/v1/uploads/{upload_id}", { params: { path } });
  const state = data?.reread ? "reread" : data?.created ? "stored" : "known";
  return { state, documentId: data?.document_id ?? "" };
}

function problemOfUpload(error: Error | tus.DetailedError): Problem {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (!response) return new Problem(0, UNREACHABLE, "the server cannot be reached", "");
  let told: Partial<Schema<"Problem">> = {};
  try {
    told = JSON.parse(response.getBody()) as Partial<Schema<"Problem">>;
  } catch {
    // Some answers have no body.
  }
  return new Problem(response.getStatus(), told.code ?? "", told.detail ?? "", told.correlation_id ?? "");
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      window.clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    });
  });
}
