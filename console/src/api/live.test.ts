// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen } from "./live.ts";

/** The browser's end of a stream, of which the tests play the server. */
class Stream extends EventTarget {
  static opened: Stream[] = [];
  static get newest(): Stream {
    const stream = Stream.opened.at(-1);
    if (!stream) throw new Error("no stream was opened");
    return stream;
  }
  isClosed = false;
  onopen: (() => void) | undefined;
  onerror: (() => void) | undefined;
  constructor(readonly url: URL) {
    super();
    Stream.opened.push(this);
  }
  close() {
    this.isClosed = true;
  }
  send(id: string, data: unknown) {
    this.dispatchEvent(new MessageEvent("step", { data: JSON.stringify(data), lastEventId: id }));
  }
}

let seen: string[] = [];
const start = (isLast?: (update: string) => boolean) =>
  listen<string>("/v1/jobs/1/events", ["step"], {
    update: (update, id) => seen.push(`${id} ${update}`),
    connected: (isConnected) => seen.push(isConnected ? "connected" : "lost"),
    ...(isLast && { isLast }),
  });
const show = (state: "hidden" | "visible") => {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Stream);
  Stream.opened = [];
  seen = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a stream that breaks is asked for again after the last event, and the wait grows", () => {
  const stop = start();
  Stream.newest.onopen?.();
  Stream.newest.send("7", "a");
  Stream.newest.onerror?.();
  expect(Stream.opened).toHaveLength(1);
  vi.advanceTimersByTime(500);
  expect(Stream.newest.url.searchParams.get("last_event_id")).toBe("7");
  Stream.newest.onerror?.();
  vi.advanceTimersByTime(999);
  expect(Stream.opened).toHaveLength(2);
  vi.advanceTimersByTime(1);
  Stream.newest.onopen?.();
  Stream.newest.send("8", "b");
  expect(seen).toEqual(["connected", "7 a", "lost", "lost", "connected", "8 b"]);
  stop();
  expect(Stream.newest.isClosed).toBe(true);
});

test("after the last event nothing is asked for any more", () => {
  start((update) => update === "end");
  Stream.newest.send("1", "end");
  Stream.newest.onerror?.();
  vi.advanceTimersByTime(60_000);
  show("visible");
  expect(Stream.opened).toHaveLength(1);
  expect(seen[0]).toBe("1 end");
});

test("a tab that nobody sees holds no stream and catches up when it is seen", () => {
  const stop = start();
  Stream.newest.send("3", "a");
  show("hidden");
  expect(Stream.newest.isClosed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(Stream.opened).toHaveLength(1);
  show("visible");
  expect(Stream.newest.url.searchParams.get("last_event_id")).toBe("3");
  stop();
  show("visible");
  expect(Stream.opened).toHaveLength(2);
});
