// What the page of runs asks for, and what it does.
import { keepPreviousData, useMutation } from "@tanstack/react-query";
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import { jobQuery } from "./use-watched-job.ts";
import type { Job } from "./watched.ts";

const paged = {
  pageParamName: "page_token",
  initialPageParam: "",
  getNextPageParam: (last: { next_page_token: string }) => last.next_page_token || undefined,
} as const;

/** The jobs of a project, newest first; trials of refinements are jobs too. */
export function useJobs(projectId: string) {
  const init = { params: { path: { project_id: projectId }, query: { page_size: 20 } } };
  return api.useInfiniteQuery("get", "/v1/projects/{project_id}/jobs", init, paged);
}

export function useVariables(projectId: string) {
  const init = { params: { path: { project_id: projectId } } };
  return api.useQuery("get", "/v1/projects/{project_id}/variables", init);
}

/** What a job would take; what was estimated before stays in sight while options change. */
export function useEstimate(projectId: string, body: Schema<"EstimateJobRequest">) {
  const init = { params: { path: { project_id: projectId } }, body };
  return api.useQuery("post", "/v1/projects/{project_id}/jobs/estimate", init, {
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

export function useFailures(jobId: string) {
  const init = {
    params: { path: { job_id: jobId }, query: { status: "FAILED" as const, page_size: 50 } },
  };
  return api.useInfiniteQuery("get", "/v1/jobs/{job_id}/tasks", init, paged);
}

export function useLog(jobId: string) {
  const init = { params: { path: { job_id: jobId }, query: { page_size: 200 } } };
  return api.useInfiniteQuery("get", "/v1/jobs/{job_id}/log", init, paged);
}

export type JobAct = "pause" | "resume" | "retry" | "cancel";

/** Pauses, resumes, cancels a job or retries what failed; the job is shown as it is then. */
export function useJobAct(jobId: string) {
  const init = { params: { path: { job_id: jobId } } };
  return useMutation({
    mutationFn: async (act: JobAct): Promise<Job | undefined> => {
      if (act === "pause") return (await client.POST("/v1/jobs/{job_id}/pause", init)).data;
      if (act === "resume") return (await client.POST("/v1/jobs/{job_id}/resume", init)).data;
      if (act === "retry") return (await client.POST("/v1/jobs/{job_id}/retry-failed", init)).data;
      return (await client.DELETE("/v1/jobs/{job_id}", init)).data;
    },
    onSuccess: async (job) => {
      const { queryKey } = jobQuery(jobId);
      await queries.cancelQueries({ queryKey });
      if (job) queries.setQueryData(queryKey, job);
      await queries.invalidateQueries({ queryKey: ["get", "/v1/jobs/{job_id}/tasks"] });
      await queries.invalidateQueries({ queryKey: ["get", "/v1/projects/{project_id}/jobs"] });
    },
    // A job that has changed meanwhile is shown as it is.
    onError: () => queries.invalidateQueries({ queryKey: jobQuery(jobId).queryKey }),
  });
}

/** Starts a job. */
export function useStart(projectId: string) {
  const params = { path: { project_id: projectId } };
  return useMutation({
    mutationFn: async (body: Schema<"StartJobRequest">) =>
      (await client.POST("/v1/projects/{project_id}/jobs", { params, body })).data,
    onSuccess: (job) => {
      if (job) queries.setQueryData(jobQuery(job.id).queryKey, job);
      void queries.invalidateQueries({ queryKey: ["get", "/v1/projects/{project_id}/jobs"] });
    },
  });
}
