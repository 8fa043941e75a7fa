// Makes the example's project by the public API alone, and starts its sample; what was interrupted goes on where it was.
import { client, newKey } from "~/api/client.ts";
import { isProblem } from "~/api/problem.ts";
import { sendTogether } from "~/pages/documents/uploads/sending.ts";
import example from "../../../../../examples/public-events/project.yaml";
import { exampleFiles } from "./files.ts";

export const STEPS = ["project", "variables", "documents", "reading", "sample"] as const;
export type Step = (typeof STEPS)[number];

/** What has become of it: `isStarted` is false where the sample would cost something, which a person is to see first. */
export interface Made {
  projectId: string;
  isStarted: boolean;
}

const KEY = "coderai.example";
const OFFLINE = "offline";
const LOOK = 700;

/** `begun` hears of each step as it begins. */
export async function makeExample(begun: (step: Step) => void): Promise<Made> {
  // Requests that are made again under the same key, by a second click or after a break, do nothing twice.
  const key = window.localStorage.getItem(KEY) ?? newKey();
  window.localStorage.setItem(KEY, key);
  try {
    const made = await make(key, begun);
    window.localStorage.removeItem(KEY);
    return made;
  } catch (error) {
    // The project that was begun is not there any more.
    if (isProblem(error) && error.status === 404) window.localStorage.removeItem(KEY);
    throw error;
  }
}

async function make(key: string, begun: (step: Step) => void): Promise<Made> {
  begun("project");
  // The truth is there for whoever measures by it, as the command does.
  const { sample_size, truth: _truth, variables, ...body } = example;
  const created = await client.POST("/v1/projects", { body, headers: { "Idempotency-Key": `${key}-project` } });
  const projectId = created.data?.id ?? "";
  const path = { project_id: projectId };

  begun("variables");
  for (const variable of variables) {
    const headers = { "Idempotency-Key": `${key}-${variable.name}` };
    await client.POST("/v1/projects/{project_id}/variables", { params: { path }, body: variable, headers });
  }

  begun("documents");
  const sending = { projectId, textColumn: "", progress: () => {}, signal: new AbortController().signal };
  const outcomes = await sendTogether(await exampleFiles(), sending);
  const refused = outcomes.find((outcome) => outcome.state === "refused");
  if (refused?.state === "refused") throw new Error(refused.detail);

  begun("reading");
  await untilRead(projectId);

  begun("sample");
  const sample = { kind: "SAMPLE", sample_size } as const;
  const estimate = await client.POST("/v1/projects/{project_id}/jobs/estimate", { params: { path }, body: sample });
  if (estimate.data?.model !== OFFLINE) return { projectId, isStarted: false };
  const headers = { "Idempotency-Key": `${key}-sample` };
  await client.POST("/v1/projects/{project_id}/jobs", { params: { path }, body: sample, headers });
  return { projectId, isStarted: true };
}

async function untilRead(projectId: string): Promise<void> {
  for (;;) {
    const query = { page_size: 1 };
    const params = { path: { project_id: projectId }, query };
    const { data } = await client.GET("/v1/projects/{project_id}/documents", { params });
    if (!data?.counts.UPLOADED && !data?.counts.PARSED) return;
    await new Promise((resolve) => window.setTimeout(resolve, LOOK));
  }
}
