// Verdicts on their way to the server: kept in this browser until it has answered, sent one after the other.
import { isProblem, type Problem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";

export type Said = Schema<"GiveFeedbackRequest">;

/** A verdict that a person has given, and what has become of it. */
export interface Entry {
  /** Names the request: the server answers a repetition as it answered the first. */
  readonly id: string;
  /** Its place among the verdicts of this browser. */
  readonly number: number;
  readonly projectId: string;
  /** What was judged, as it was shown. */
  readonly item: Schema<"ReviewItem">;
  readonly said: Said;
  /** Refused where the cell is not as it was shown any more: somebody else has judged it meanwhile. */
  readonly mustBeUnchanged: boolean;
  /** Sent at least once: the server may have it though no answer came. */
  readonly attempted: boolean;
  /** The person wants it back. */
  readonly takenBack: boolean;
  /** The server's answer. */
  readonly feedback: Schema<"Feedback"> | null;
  /** The cell's ETag, as the verdict left it; empty while there is no answer. */
  readonly etag: string;
  /** Why the server does not take it, which the person has to decide on. */
  readonly refusal: Refusal | null;
}

export type Refusal = Pick<Problem, "status" | "code" | "detail" | "correlationId">;

/** Whether the server has still to hear of it. A refused one waits for the person, not for the network. */
export const isUnsent = (entry: Entry): boolean =>
  entry.refusal === null && (entry.feedback === null || entry.takenBack);

/** The server's answer to a verdict, with the cell's ETag after it. */
export type Answer = Pick<Entry, "etag"> & { feedback: Schema<"Feedback"> };

/** The two calls that a verdict takes. `etag`: the cell's as the person has seen it; empty to judge it however it is. */
export interface Server {
  give(entry: Entry, etag: string): Promise<Answer>;
  takeBack(feedbackId: string): Promise<void>;
}

/** Where entries are kept; localStorage is one. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** Answered verdicts that are kept, so that they can be taken back. */
export const KEPT_ANSWERED = 50;

/**
 * The verdicts of one person in one workspace.
 *
 * Each is an item of its own in the store, so that two tabs do not overwrite each other's. What the store has no room
 * for is kept in this page alone.
 */
export class Outbox {
  #entries: readonly Entry[] = [];
  readonly #listeners = new Set<() => void>();
  #sending: Promise<void> | null = null;
  /** Whether everything is in the store, and so outlives this page. */
  isSafe = true;
  /** Whether the last attempt did not reach the server. */
  isWaiting = false;

  constructor(
    private readonly store: Store,
    /** What the names in the store begin with. */
    private readonly prefix: string,
    private readonly server: Server,
    private readonly newId: () => string,
    /** Lets one tab send at a time. */
    private readonly alone: (act: () => Promise<void>) => Promise<void> = (act) => act(),
  ) {
    this.reload();
  }

  /** All entries in the order in which they were given; another list after each change. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads what the store has; another tab may have changed it. */
  reload(): void {
    const found: Entry[] = [];
    for (let at = 0; at < this.store.length; at++) {
      const key = this.store.key(at);
      const text = key?.startsWith(this.prefix) ? this.store.getItem(key) : null;
      if (text) found.push(JSON.parse(text) as Entry);
    }
    const kept = new Set(found.map((entry) => entry.id));
    const here = this.isSafe ? [] : this.#entries.filter((entry) => !kept.has(entry.id));
    this.#show([...found, ...here]);
  }

  /** Takes a verdict down, and sends it as soon as it can. */
  give(projectId: string, item: Schema<"ReviewItem">, said: Said, mustBeUnchanged = false): Entry {
    const entry: Entry = {
      id: this.newId(),
      number: 1 + Math.max(0, ...this.#entries.map((one) => one.number)),
      projectId,
      item,
      said,
      mustBeUnchanged,
      attempted: false,
      takenBack: false,
      feedback: null,
      etag: "",
      refusal: null,
    };
    this.#put(entry);
    this.#forgetOld();
    void this.send();
    return entry;
  }

  /** Takes a verdict back: from the queue if it never left, else from the server. */
  takeBack(id: string): void {
    const entry = this.#find(id);
    if (!entry) return;
    if (entry.refusal !== null || !entry.attempted) this.#drop(id);
    else this.#put({ ...entry, takenBack: true });
    void this.send();
  }

  /** Sends a refused verdict again, as another request, whatever others have said meanwhile. */
  insist(id: string): void {
    const entry = this.#find(id);
    if (!entry) return;
    this.#drop(id);
    this.#put({ ...entry, id: this.newId(), mustBeUnchanged: false, refusal: null, attempted: false });
    void this.send();
  }

  /** Sends what waits, in order; ends when nothing waits or the server cannot be reached. */
  send(): Promise<void> {
    this.#sending ??= this.alone(() => this.#sendAll())
      .finally(() => {
        this.#sending = null;
      })
      // One may have been given after the last was sent and before another tab could begin.
      .then(() => (!this.isWaiting && this.#next() ? this.send() : undefined));
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    this.reload();
    for (let next = this.#next(); next; next = this.#next()) {
      try {
        await this.#deliver(next);
        this.#wait(false);
      } catch (error) {
        if (!isProblem(error)) throw error;
        if (mayPass(error)) return this.#wait(true);
        this.#refuse(next.id, error);
      }
    }
  }

  /** The first that the server has to hear of. */
  #next(): Entry | undefined {
    return this.#entries.find(isUnsent);
  }

  async #deliver(entry: Entry): Promise<void> {
    if (entry.feedback === null) {
      // Noted before it leaves: from then on only the server knows whether it has it.
      if (!entry.attempted) this.#put({ ...entry, attempted: true });
      const answer = await this.server.give(entry, this.#seenBy(entry));
      // It may have been taken back while it was on its way.
      const now = this.#find(entry.id) ?? entry;
      return this.#put({ ...now, ...answer });
    }
    await this.server.takeBack(entry.feedback.id);
    this.#drop(entry.id);
  }

  #refuse(id: string, problem: Problem): void {
    const entry = this.#find(id);
    if (!entry) return;
    const hasIt = entry.feedback !== null && problem.status !== 404;
    // What the server does not have need not be taken back from it.
    if (entry.takenBack && !hasIt) {
      this.#drop(id);
    } else {
      const { status, code, detail, correlationId } = problem;
      this.#put({ ...entry, takenBack: false, refusal: { status, code, detail, correlationId } });
    }
  }

  /** The cell's ETag that the person has seen: as they left it themselves, else as it was shown. */
  #seenBy(entry: Entry): string {
    if (!entry.mustBeUnchanged) return "";
    const cell = entry.item.extraction.id;
    const own = this.#entries.findLast(
      (one) => one.number < entry.number && one.item.extraction.id === cell && one.etag !== "",
    );
    return own?.etag ?? entry.item.extraction.etag;
  }

  #find(id: string): Entry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  #put(entry: Entry): void {
    try {
      this.store.setItem(this.prefix + entry.id, JSON.stringify(entry));
    } catch {
      this.isSafe = false;
    }
    this.#show([...this.#entries.filter((one) => one.id !== entry.id), entry]);
  }

  #drop(id: string): void {
    this.store.removeItem(this.prefix + id);
    this.#show(this.#entries.filter((entry) => entry.id !== id));
  }

  #forgetOld(): void {
    const answered = this.#entries.filter((entry) => !isUnsent(entry) && entry.refusal === null);
    for (const entry of answered.slice(0, -KEPT_ANSWERED)) this.#drop(entry.id);
  }

  #wait(isWaiting: boolean): void {
    this.isWaiting = isWaiting;
    this.#show(this.#entries);
  }

  #show(entries: readonly Entry[]): void {
    this.#entries = entries.toSorted((one, other) => one.number - other.number || (one.id < other.id ? -1 : 1));
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the same request may succeed later: also once the person has signed in again, or the first is answered. */
function mayPass(problem: Problem): boolean {
  return problem.mayPass || problem.status === 401 || problem.code === "request_in_progress";
}
