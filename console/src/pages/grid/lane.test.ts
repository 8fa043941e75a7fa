import { expect, test } from "vitest";
import { lane } from "./lane.ts";

test("the newest goes first, and what is not wanted any more never begins", async () => {
  const inTurn = lane(1);
  const begun: string[] = [];
  let endFirst = () => {};
  const go = (name: string, signal: AbortSignal, work: Promise<void>) =>
    inTurn(signal, () => {
      begun.push(name);
      return work;
    });
  const wanted = new AbortController().signal;
  const unwanted = new AbortController();
  const first = go("first", wanted, new Promise<void>((resolve) => (endFirst = resolve)));
  const old = go("old", wanted, Promise.resolve());
  const past = go("past", unwanted.signal, Promise.resolve()).catch(() => "not done");
  const newest = go("newest", wanted, Promise.resolve());
  unwanted.abort();
  endFirst();
  expect(await past).toBe("not done");
  await Promise.all([first, old, newest]);
  expect(begun).toEqual(["first", "newest", "old"]);
});

test("one that fails makes room for the next", async () => {
  const inTurn = lane(1);
  const { signal } = new AbortController();
  await expect(inTurn(signal, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await inTurn(signal, () => Promise.resolve("yes"))).toBe("yes");
});
