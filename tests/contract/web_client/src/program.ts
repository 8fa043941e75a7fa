// What a web client does: signs in, uploads, runs a job, watches it by a ticket, pages through lists, tells errors apart.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type Api = ReturnType<typeof createClient<paths>>;

class ApiError extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(`${problem.code}: ${problem.detail} (${problem.correlation_id})`);
  }
}

/** The answer's data, or what is wrong as an exception. */
function must<Data>({ data, error }: { data?: Data; error?: Schemas["Problem"] }): Data {
  if (error !== undefined) throw new ApiError(error);
  return data as Data;
}

async function signedIn(url: string, email: string, password: string): Promise<Api> {
  const api = createClient<paths>({ baseUrl: url });
  const tokens = must(await api.POST("/v1/auth/register", { body: { email, password } }));
  const bearer: Middleware = {
    onRequest: ({ request }) => {
      request.headers.set("Authorization", `${tokens.token_type} ${tokens.access_token}`);
    },
  };
  api.use(bearer);
  return api;
}

async function upload(api: Api, projectId: string, files: File[]): Promise<Schemas["Uploads"]> {
  return must(
    await api.POST("/v1/projects/{project_id}/documents", {
      params: { path: { project_id: projectId }, header: { "Idempotency-Key": crypto.randomUUID() } },
      body: { files },
      bodySerializer: () => {
        const form = new FormData();
        for (const file of files) form.append("files", file, file.name);
        return form;
      },
    }),
  );
}

/** All documents of a project, page by page. */
async function* documents(api: Api, projectId: string, pageSize: number): AsyncGenerator<Schemas["Document"]> {
  let pageToken = "";
  do {
    const query = { page_size: pageSize, page_token: pageToken };
    const page = must(
      await api.GET("/v1/projects/{project_id}/documents", { params: { path: { project_id: projectId }, query } }),
    );
    yield* page.items;
    pageToken = page.next_page_token;
  } while (pageToken);
}

async function untilRead(api: Api, projectId: string): Promise<void> {
  for (;;) {
    const states = new Set<Schemas["DocumentStatus"]>();
    for await (const document of documents(api, projectId, 200)) states.add(document.status);
    if (!states.has("UPLOADED") && !states.has("PARSED")) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The address of a job's events that an EventSource opens, which can send no Authorization header. */
async function streamAddress(api: Api, url: string, jobId: string, after?: number): Promise<string> {
  const made = must(await api.POST("/v1/tickets", { body: { path: `/v1/jobs/${jobId}/events` } }));
  const query = new URLSearchParams({ ticket: made.ticket });
  if (after !== undefined) query.set("last_event_id", String(after));
  return `${url}${made.path}?${query}`;
}

/** What a page does; a ticket is good once, so that it gets a new one where the browser would come again by itself. */
export async function watchInBrowser(
  api: Api,
  url: string,
  jobId: string,
  show: (update: Schemas["JobUpdate"]) => void,
  after?: number,
): Promise<void> {
  const source = new EventSource(await streamAddress(api, url, jobId, after));
  const names: Schemas["JobUpdate"]["type"][] = ["snapshot", "progress", "document_completed", "job_completed"];
  let last = after;
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      const update = JSON.parse(event.data) as Schemas["JobUpdate"];
      last = update.sequence;
      show(update);
      if (update.type === "job_completed") source.close();
    });
  }
  source.onerror = () => {
    source.close();
    void watchInBrowser(api, url, jobId, show, last);
  };
}

/** The same without EventSource, which not every runtime has. */
async function* watch(address: string): AsyncGenerator<Schemas["JobUpdate"]> {
  const answer = await fetch(address);
  if (!answer.ok) throw new ApiError((await answer.json()) as Schemas["Problem"]);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (data !== undefined) yield JSON.parse(data.slice("data: ".length)) as Schemas["JobUpdate"];
    }
  }
}

/** An update is narrowed by its type: a snapshot has no event, every other has one. */
function told(update: Schemas["JobUpdate"]): string {
  if (update.type === "snapshot") {
    const nothing: null = update.event;
    return `snapshot ${String(nothing)}`;
  }
  return `${update.type} ${update.event.event} ${update.job.progress.toFixed(0)}`;
}

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ApiError) return error.problem.code;
    throw error;
  }
  return "";
}

/** What the types promise, and what they refuse. */
export function exactTypes(job: Schemas["Job"], variable: Schemas["Variable"], cell: Schemas["Extraction"]): void {
  const status: "PENDING" | "PROCESSING" | "COMPLETE" | "PAUSED" | "FAILED" | "CANCELLED" = job.status;
  const made: string = job.created_at;
  const finished: string | null = job.finished_at;
  const prompt: string = variable.active_prompt.text;
  const threshold: number = variable.confidence_threshold;
  const value: Schemas["JsonValue"] = cell.value;
  const quote: string | undefined = cell.evidence?.quote;
  // @ts-expect-error - it is null as long as the job runs
  const ended: string = job.finished_at;
  // @ts-expect-error - there is no such status
  const wrong: Schemas["JobStatus"] = "RUNNING";
  // @ts-expect-error - a value is not just anything
  const method: () => void = cell.value;
  // @ts-expect-error - a request has no field that the API does not know
  const body: Schemas["CreateProjectRequest"] = { name: "Strikes", colour: "red" };
  void [status, made, finished, prompt, threshold, value, quote, ended, wrong, method, body];
}

async function main(url: string, email: string): Promise<void> {
  const api = await signedIn(url, email, "correct horse battery");
  const project = must(await api.POST("/v1/projects", { body: { name: "Strikes", unit: { row_is: "one strike" } } }));
  const add = (name: string) =>
    api.POST("/v1/projects/{project_id}/variables", {
      params: { path: { project_id: project.id } },
      body: { name, type: "NUMBER", instructions: "How many people took part." },
    });
  must(await add("participants"));
  const files = [300, 120, 45].map(
    (many) => new File([`Strike in Port Elmo\n\nParticipants: ${many}\n`], `strike-${many}.txt`),
  );
  const uploads = await upload(api, project.id, files);
  await untilRead(api, project.id);
  const names: string[] = [];
  for await (const document of documents(api, project.id, 2)) names.push(document.name);
  const job = must(
    await api.POST("/v1/projects/{project_id}/jobs", {
      params: { path: { project_id: project.id } },
      body: { kind: "SAMPLE", sample_size: 3 },
    }),
  );
  const updates: string[] = [];
  for await (const update of watch(await streamAddress(api, url, job.id))) updates.push(told(update));
  const used = await streamAddress(api, url, job.id);
  for await (const update of watch(used)) void update;
  const cells = must(
    await api.GET("/v1/projects/{project_id}/extractions", {
      params: { path: { project_id: project.id }, query: { job_id: job.id, status: "EXTRACTED" } },
    }),
  );
  const gone = { params: { path: { project_id: crypto.randomUUID() } } };
  const result = {
    uploaded: uploads.items.map((document) => document.created),
    names,
    updates,
    values: cells.items.map((cell) => cell.value),
    codes: {
      taken: await codeOf(async () => must(await add("participants"))),
      absent: await codeOf(async () => must(await api.GET("/v1/projects/{project_id}", gone))),
      ticket: await codeOf(async () => watch(used).next()),
    },
  };
  console.log(JSON.stringify(result));
}

const [url, email] = process.argv.slice(2);
if (url !== undefined && email !== undefined) await main(url, email);
