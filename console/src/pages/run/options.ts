// What a person chooses of a run, and how the API takes it.
import type { Schema } from "~/api/types.ts";
import type { Job } from "./watched.ts";

export interface RunOptions {
  kind: "SAMPLE" | "FULL";
  sampleSize: number;
  /** The first documents in place of random ones. */
  isFirst: boolean;
  /** Only what the dataset does not have as the run would ask it. */
  isOnlyNew: boolean;
  withoutDuplicates: boolean;
  /** Names of the only variables to ask; all when empty. */
  variables: readonly string[];
  /** As the project has it when undefined. */
  verify: Schema<"Verify"> | undefined;
  skipSample: boolean;
}

export const SAMPLE_SIZE = 10;

/** Whether a sample was coded to its end. */
export function isTried(jobs: readonly Job[]): boolean {
  return jobs.some((job) => job.kind === "SAMPLE" && job.status === "COMPLETE");
}

/** A sample first; after it everything that is left. */
export function startOptions(jobs: readonly Job[], sampleSize = SAMPLE_SIZE): RunOptions {
  return {
    kind: isTried(jobs) ? "FULL" : "SAMPLE",
    sampleSize,
    isFirst: false,
    isOnlyNew: true,
    withoutDuplicates: false,
    variables: [],
    verify: undefined,
    skipSample: false,
  };
}

/** The options as estimates take them; a job takes the same. A sample asks its documents anew. */
export function bodyOf(options: RunOptions): Schema<"EstimateJobRequest"> {
  const isSample = options.kind === "SAMPLE";
  return {
    kind: options.kind,
    ...(isSample && { sample_size: options.sampleSize, first_documents: options.isFirst }),
    ...(!isSample && { leave_out_current: options.isOnlyNew }),
    leave_out_duplicates: options.withoutDuplicates,
    ...(options.variables.length > 0 && { variables: [...options.variables] }),
    ...(options.verify && { verify: options.verify }),
  };
}
