// Server-sent events that go on after a break, without anything missed or doubled.

/** What is heard of a stream. `id` is the event's, by which the stream goes on. */
export interface Heard<Update> {
  update: (update: Update, id: string) => void;
  /** Whether the connection stands. */
  connected: (isConnected: boolean) => void;
}

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

/**
 * Listens to the events of these types at a path until the returned function is called.
 *
 * EventSource gives up after some errors (an answer that is no stream); this one opens a new one, after the last id.
 */
export function listen<Update>(path: string, types: readonly string[], heard: Heard<Update>): () => void {
  let lastId = "";
  let delay = FIRST_DELAY;
  let source: EventSource | undefined;
  let timer: number | undefined;

  const open = () => {
    const url = new URL(path, window.location.origin);
    if (lastId) url.searchParams.set("last_event_id", lastId);
    const opened = new EventSource(url);
    source = opened;
    opened.onopen = () => {
      delay = FIRST_DELAY;
      heard.connected(true);
    };
    opened.onerror = () => {
      heard.connected(false);
      opened.close();
      timer = window.setTimeout(open, delay);
      delay = Math.min(delay * 2, LONGEST_DELAY);
    };
    for (const type of types) {
      opened.addEventListener(type, (event: MessageEvent<string>) => {
        if (event.lastEventId) lastId = event.lastEventId;
        heard.update(JSON.parse(event.data) as Update, event.lastEventId);
      });
    }
  };

  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
  };
}
