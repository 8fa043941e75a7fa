// The files that are being sent, per project; they go on while the person looks at other pages.
import { useSyncExternalStore } from "react";
import { isProblem, type Problem } from "~/api/problem.ts";
import { documentsCame } from "../queries.ts";
import { batchesOf, LARGE, type Outcome, sentOf } from "./plan.ts";
import { sendAlone, sendTogether } from "./sending.ts";

export interface Item {
  id: number;
  file: File;
  name: string;
  size: number;
  /** Bytes that have gone. */
  sent: number;
  state: "waiting" | "sending" | "interrupted" | Outcome["state"];
  /** Of one that was refused: why, and what to do. */
  detail: string;
  correlationId: string;
  textColumn: string;
  documentId: string;
}

export interface Progress {
  items: readonly Item[];
  bytes: number;
  sent: number;
  /** Files with which nothing more is to be done. */
  done: number;
  isSending: boolean;
  /** Why sending has stopped; undefined while it goes on. */
  stopped: Problem | undefined;
}

const LANES = 3;
const LOOK = 150;

/** What is sent to one project. */
class Queue {
  #items: Item[] = [];
  #count = 0;
  #waiting: Item[][] = [];
  #lanes = 0;
  #stopped: Problem | undefined;
  #aborting = new AbortController();
  #listeners = new Set<() => void>();
  #timer: number | undefined;
  #snapshot: Progress = { items: [], bytes: 0, sent: 0, done: 0, isSending: false, stopped: undefined };

  constructor(readonly projectId: string) {}

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = () => this.#snapshot;

  add(files: readonly File[], textColumn: string): void {
    const items = files.map(
      (file, at): Item => ({
        id: this.#count + at,
        file,
        name: file.name,
        size: file.size,
        sent: 0,
        state: "waiting",
        detail: "",
        correlationId: "",
        textColumn,
        documentId: "",
      }),
    );
    this.#count += items.length;
    this.#items.push(...items);
    this.#send(items);
  }

  /** Sends again what could not be sent. */
  goOn(): void {
    this.#stopped = undefined;
    const again = this.#items.filter((item) => item.state === "interrupted");
    for (const item of again) item.state = "waiting";
    for (const column of new Set(again.map((item) => item.textColumn))) {
      this.#send(again.filter((item) => item.textColumn === column));
    }
  }

  /** Stops, and forgets what has not been sent; what is on its way goes on where it was when it is picked again. */
  stop(): void {
    this.#aborting.abort();
    this.#aborting = new AbortController();
    this.#waiting = [];
    this.#items = this.#items.filter((item) => isOver(item));
    this.#stopped = undefined;
    this.#tell();
  }

  /** Forgets what is done. */
  clear(): void {
    this.#items = this.#items.filter((item) => !isOver(item));
    this.#tell();
  }

  #send(items: Item[]): void {
    this.#waiting.push(...batchesOf(items));
    while (this.#lanes < LANES && this.#waiting.length) void this.#work();
    this.#tell();
  }

  async #work(): Promise<void> {
    this.#lanes += 1;
    for (let batch = this.#waiting.shift(); batch; batch = this.#waiting.shift()) await this.#sendBatch(batch);
    this.#lanes -= 1;
    this.#tell();
  }

  async #sendBatch(batch: Item[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    for (const item of batch) item.state = "sending";
    const sizes = batch.map((item) => item.size);
    const progress = (sent: number) => {
      for (const [at, gone] of sentOf(sizes, sent).entries()) if (batch[at]) batch[at].sent = gone;
      this.#tell();
    };
    const { signal } = this.#aborting;
    const sending = { projectId: this.projectId, textColumn: first.textColumn, progress, signal };
    try {
      const files = batch.map((item) => item.file);
      const outcomes =
        first.size >= LARGE ? [await sendAlone(first.file, sending)] : await sendTogether(files, sending);
      for (const [at, outcome] of outcomes.entries()) Object.assign(batch[at] ?? {}, outcome, { sent: sizes[at] });
    } catch (error) {
      for (const item of batch) Object.assign(item, { state: "interrupted", sent: 0 });
      if (!signal.aborted) this.#stopped = isProblem(error) ? error : undefined;
    }
    this.#tell();
    void documentsCame(this.projectId).catch(() => undefined);
  }

  /** Shows how far it is, some times a second at most. */
  #tell(): void {
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined;
      const items = [...this.#items];
      this.#snapshot = {
        items,
        bytes: items.reduce((sum, item) => sum + item.size, 0),
        sent: items.reduce((sum, item) => sum + (isOver(item) ? item.size : item.sent), 0),
        done: items.filter(isOver).length,
        isSending: this.#lanes > 0,
        stopped: this.#stopped,
      };
      for (const listener of this.#listeners) listener();
    }, LOOK);
  }
}

const isOver = ({ state }: Item) => state !== "waiting" && state !== "sending" && state !== "interrupted";

const queues = new Map<string, Queue>();

/** The files that go to a project, and how far they are. */
export function useUploads(projectId: string): [Queue, Progress] {
  let queue = queues.get(projectId);
  if (!queue) {
    queue = new Queue(projectId);
    queues.set(projectId, queue);
  }
  return [queue, useSyncExternalStore(queue.subscribe, queue.snapshot)];
}

// Whoever closes the page while files are sent is asked first.
window.addEventListener("beforeunload", (event) => {
  for (const queue of queues.values()) if (queue.snapshot().isSending) event.preventDefault();
});
