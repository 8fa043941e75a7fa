// Server-sent events that go on after a break, without anything missed or doubled.

/** What is heard of a stream. `id` is the event's, by which the stream goes on. */
export interface Heard<Update> {
  update: (update: Update, id: string) => void;
  /** Whether the connection stands. */
  connected: (isConnected: boolean) => void;
  /** Whether nothing follows the update: then the stream is over, and is not asked for again. */
  isLast?: (update: Update) => boolean;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

/**
 * Listens to the events of these types at a path until the returned function is called.
 *
 * EventSource gives up after some errors (an answer that is no stream); this one opens a new one, after the last id.
 * A tab that nobody sees holds no connection, as browsers allow few to a server; when it is seen again it catches up.
 */
export function listen<Update>(path: string, types: readonly string[], heard: Heard<Update>): () => void {
  let lastId = "";
  let delay = FIRST_DELAY;
  let isOver = false;
  let source: EventSource | undefined;
  let timer: number | undefined;

  const close = () => {
    window.clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const end = () => {
    isOver = true;
    document.removeEventListener("visibilitychange", followSight);
    close();
  };
  const hear = (event: MessageEvent<string>) => {
    if (isOver) return;
    if (event.lastEventId) lastId = event.lastEventId;
    const update = JSON.parse(event.data) as Update;
    const isLast = heard.isLast?.(update) ?? false;
    if (isLast) end();
    heard.update(update, event.lastEventId);
  };
  const open = () => {
    close();
    const url = new URL(path, window.location.origin);
    if (lastId) url.searchParams.set("last_event_id", lastId);
    const opened = new EventSource(url);
    source = opened;
    opened.onopen = () => {
      delay = FIRST_DELAY;
      heard.connected(true);
    };
    opened.onerror = () => {
      if (opened !== source) return;
      close();
      heard.connected(false);
      timer = window.setTimeout(open, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    };
    for (const type of types) opened.addEventListener(type, hear);
  };
  const followSight = () => (document.visibilityState === "hidden" ? close() : open());

  document.addEventListener("visibilitychange", followSight);
  if (document.visibilityState !== "hidden") open();
  return end;
}
