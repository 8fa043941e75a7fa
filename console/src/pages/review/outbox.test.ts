import { beforeEach, expect, test, vi } from "vitest";
import { Problem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";
import { type Answer, type Entry, isUnsent, KEPT_ANSWERED, Outbox, type Server, type Store } from "./outbox.ts";

const UNREACHABLE = new Problem(0, "unreachable", "the server cannot be reached", "");

class MemoryStore implements Store {
  readonly kept = new Map<string, string>();
  isFull = false;
  get length() {
    return this.kept.size;
  }
  key = (at: number) => [...this.kept.keys()][at] ?? null;
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, text: string) => {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.kept.set(key, text);
  };
  removeItem = (key: string) => void this.kept.delete(key);
}

/** Takes each request once, whatever is repeated; fails as told, before or after it has taken it. */
class FakeServer implements Server {
  readonly taken: string[] = [];
  readonly requests: string[] = [];
  readonly seen: string[] = [];
  readonly takenBack: string[] = [];
  failing: Problem | null = null;
  losesAnswers = false;

  give = async (entry: Entry, etag: string): Promise<Answer> => {
    const name = entry.item.extraction.id ?? "";
    if (this.failing && !this.losesAnswers) throw this.failing;
    if (!this.requests.includes(entry.id)) {
      this.requests.push(entry.id);
      this.taken.push(name);
      this.seen.push(etag);
    }
    if (this.failing) throw this.failing;
    return { feedback: { id: `feedback of ${name}` } as Schema<"Feedback">, etag: `after ${entry.id}` };
  };

  takeBack = async (feedbackId: string): Promise<void> => {
    if (this.failing) throw this.failing;
    this.takenBack.push(feedbackId);
  };
}

const item = (id: string) => ({ extraction: { id, etag: "shown" } }) as Schema<"ReviewItem">;
const CORRECT = { verdict: "CORRECT" } as const;
const cells = (outbox: Outbox) => outbox.entries.map((entry) => entry.item.extraction.id);

let store: MemoryStore;
let server: FakeServer;
let ids: number;
const open = () => new Outbox(store, "v.", server, () => `id-${++ids}`);
const lastOf = (outbox: Outbox) => outbox.entries.at(-1)?.id ?? "";

beforeEach(() => {
  store = new MemoryStore();
  server = new FakeServer();
  ids = 0;
});

test("verdicts are sent in order, each once", async () => {
  const outbox = open();
  for (const name of ["a", "b", "c"]) outbox.give("p", item(name), CORRECT);
  await outbox.send();
  expect(server.taken).toEqual(["a", "b", "c"]);
  expect(outbox.entries.filter(isUnsent)).toEqual([]);
});

test("what the network drops is sent later, in order, also after a reload", async () => {
  const outbox = open();
  server.failing = UNREACHABLE;
  for (const name of ["a", "b", "c"]) outbox.give("p", item(name), CORRECT);
  await outbox.send();
  expect(outbox.isWaiting).toBe(true);
  server.failing = null;

  const reloaded = open();
  expect(cells(reloaded)).toEqual(["a", "b", "c"]);
  reloaded.give("p", item("d"), CORRECT);
  await reloaded.send();
  expect(server.taken).toEqual(["a", "b", "c", "d"]);
  expect(reloaded.isWaiting).toBe(false);
});

test("a request whose answer was lost is repeated under its name", async () => {
  const outbox = open();
  server.failing = UNREACHABLE;
  server.losesAnswers = true;
  outbox.give("p", item("a"), CORRECT);
  await outbox.send();
  server.failing = null;
  await open().send();
  expect(server.taken).toEqual(["a"]);
});

test("a verdict that never left is taken back without the server", async () => {
  const outbox = open();
  server.failing = UNREACHABLE;
  outbox.give("p", item("a"), CORRECT);
  outbox.give("p", item("b"), CORRECT);
  await outbox.send();
  outbox.takeBack(lastOf(outbox));
  expect(cells(outbox)).toEqual(["a"]);
  server.failing = null;
  await outbox.send();
  await outbox.send();
  expect(server.taken).toEqual(["a"]);
});

test("a verdict that may have arrived is taken back from the server", async () => {
  const outbox = open();
  server.failing = UNREACHABLE;
  server.losesAnswers = true;
  outbox.give("p", item("a"), CORRECT);
  await outbox.send();
  outbox.takeBack(lastOf(outbox));
  expect(outbox.entries.filter(isUnsent)).toHaveLength(1);
  server.failing = null;
  await outbox.send();
  await outbox.send();
  expect([server.taken, server.takenBack, outbox.entries]).toEqual([["a"], ["feedback of a"], []]);
});

test("an answered verdict is taken back from the server, also after a reload", async () => {
  const outbox = open();
  outbox.give("p", item("a"), CORRECT);
  await outbox.send();
  const reloaded = open();
  reloaded.takeBack(lastOf(reloaded));
  await reloaded.send();
  expect([server.takenBack, reloaded.entries]).toEqual([["feedback of a"], []]);
});

test("a refused verdict waits for the person, and stops no other", async () => {
  const outbox = open();
  server.failing = new Problem(412, "changed", "somebody else has judged it", "c-1");
  outbox.give("p", item("a"), CORRECT, true);
  await outbox.send();
  server.failing = null;
  outbox.give("p", item("b"), CORRECT, true);
  await outbox.send();
  expect(server.taken).toEqual(["b"]);
  const refused = outbox.entries[0];
  expect(refused?.refusal).toMatchObject({ status: 412, correlationId: "c-1" });

  outbox.insist(refused?.id ?? "");
  await outbox.send();
  expect(server.taken).toEqual(["b", "a"]);
  expect(server.seen).toEqual(["shown", ""]);
  expect(cells(outbox)).toEqual(["a", "b"]);
});

test("who judges a cell again has seen what they made of it themselves", async () => {
  const outbox = open();
  outbox.give("p", item("a"), CORRECT, true);
  outbox.give("p", item("a"), { verdict: "INCORRECT" }, true);
  await outbox.send();
  expect(server.seen).toEqual(["shown", "after id-1"]);
});

test("whoever is signed out sends once they are back", async () => {
  const outbox = open();
  server.failing = new Problem(401, "unauthenticated", "sign in", "");
  outbox.give("p", item("a"), CORRECT);
  await outbox.send();
  expect([outbox.isWaiting, outbox.entries[0]?.refusal]).toEqual([true, null]);
});

test("what the store has no room for is kept in the page", async () => {
  const outbox = open();
  server.failing = UNREACHABLE;
  store.isFull = true;
  outbox.give("p", item("a"), CORRECT);
  await outbox.send();
  expect(outbox.isSafe).toBe(false);
  server.failing = null;
  await outbox.send();
  expect(server.taken).toEqual(["a"]);
});

test("of two tabs each sees the other's verdicts", async () => {
  const [one, other] = [open(), open()];
  one.give("p", item("a"), CORRECT);
  await one.send();
  other.reload();
  expect(cells(other)).toEqual(["a"]);
});

test("of answered verdicts the newest are kept", async () => {
  const outbox = open();
  for (let number = 0; number < KEPT_ANSWERED + 10; number++) {
    outbox.give("p", item(`${number}`), CORRECT);
    await outbox.send();
  }
  expect(outbox.entries.length).toBeLessThanOrEqual(KEPT_ANSWERED + 1);
  expect(cells(outbox).at(-1)).toBe(`${KEPT_ANSWERED + 9}`);
});

test("a verdict that is given while the sending ends is sent, too", async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const lateLock = async (act: () => Promise<void>) => {
    await act();
    await ended;
  };
  const outbox = new Outbox(store, "v.", server, () => `id-${++ids}`, lateLock);
  outbox.give("p", item("a"), CORRECT);
  const sending = outbox.send();
  await vi.waitUntil(() => server.taken.length === 1);
  await Promise.resolve();
  outbox.give("p", item("b"), CORRECT);
  end();
  await sending;
  expect(server.taken).toEqual(["a", "b"]);
});
