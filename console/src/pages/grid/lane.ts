// Requests in turn: so many at a time, the newest first, and none that is not wanted any more when its turn comes.

type InTurn = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>;

/**
 * A lane for `most` at a time. What has begun goes on to its end, whatever the signal says: the server works on it anyway.
 *
 * Its promises are rejected with the signal's reason where that came before their turn.
 */
export function lane(most: number): InTurn {
  const waiting: (() => void)[] = [];
  let free = most;

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal.reason);
      };
      const start = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      waiting.push(start);
      signal.addEventListener("abort", leave, { once: true });
    });

  return async (signal, work) => {
    signal.throwIfAborted();
    if (free > 0) free--;
    else await turn(signal);
    try {
      return await work();
    } finally {
      const next = waiting.pop();
      if (next) next();
      else free++;
    }
  };
}
