// What a reviewer does with a queue: looks at a cell, judges it, passes it over, goes back, takes a verdict back.
import { useState } from "react";
import type { Entry, Outbox, Said } from "./outbox.ts";
import { allOf, type Item, idOf, lastGiven, nextOpen, verdictsIn } from "./queue.ts";
import { useEntries } from "./sending.ts";
import type { Queue } from "./useQueue.ts";

export interface Reviewing {
  items: readonly Item[];
  /** The cell that is looked at; null when none is open. */
  current: Item | null;
  /** What has been said here of a cell. */
  verdictOf: (item: Item) => Entry | undefined;
  /** Cells that are neither judged nor passed over. */
  open: readonly Item[];
  skipped: number;
  judged: readonly Entry[];
  judge: (said: Said) => void;
  skip: () => void;
  /** One cell forward or back, judged or not. */
  move: (by: 1 | -1) => void;
  goTo: (item: Item) => void;
  /** Takes the newest verdict back, and goes to its cell; null when there is none. */
  undo: (() => void) | null;
  lookAtSkipped: () => void;
}

export function useReviewing(projectId: string, sampleId: string, queue: Queue, outbox: Outbox | null): Reviewing {
  const entries = useEntries(outbox);
  const [since] = useState(() => entries.at(-1)?.number ?? 0);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [skipped, setSkipped] = useState<ReadonlySet<string>>(new Set());
  // Cells whose verdicts were taken back; the queue was loaded without them.
  const [broughtBack, setBroughtBack] = useState<readonly Item[]>([]);

  const items = allOf([broughtBack, queue.items]);
  const verdicts = verdictsIn(entries, projectId, sampleId, since);
  const isClosed = (item: Item) => verdicts.has(idOf(item)) || skipped.has(idOf(item));
  const current = items.find((item) => idOf(item) === currentId) ?? nextOpen(items, isClosed, 0);
  const at = current ? items.indexOf(current) : 0;

  const goTo = (item: Item | null) => setCurrentId(item && idOf(item));
  const goOn = () => goTo(nextOpen(items, (item) => item === current || isClosed(item), at + 1));
  const last = lastGiven(entries, projectId);
  return {
    items,
    current,
    verdictOf: (item) => verdicts.get(idOf(item)),
    open: items.filter((item) => !isClosed(item)),
    skipped: items.filter((item) => skipped.has(idOf(item)) && !verdicts.has(idOf(item))).length,
    judged: [...verdicts.values()],
    judge: (said) => {
      if (!current || !outbox) return;
      const before = verdicts.get(idOf(current));
      if (before?.refusal || (before && !before.attempted)) outbox.takeBack(before.id);
      // In a sample several people judge the same cells on purpose.
      if (sampleId) outbox.give(projectId, current, { ...said, sample_id: sampleId });
      else outbox.give(projectId, current, said, true);
      goOn();
    },
    skip: () => {
      if (!current) return;
      setSkipped(new Set([...skipped, idOf(current)]));
      goOn();
    },
    move: (by) => goTo(items[at + by] ?? current),
    goTo,
    undo: last
      ? () => {
          outbox?.takeBack(last.id);
          if (last.item.sample_id === sampleId) setBroughtBack(allOf([broughtBack, [last.item]]));
          goTo(last.item);
        }
      : null,
    lookAtSkipped: () => setSkipped(new Set()),
  };
}
