// How often values occur, as bars; a click on one filters by it.

import style from "./Histogram.module.css";
import type { Bar } from "./histogram.ts";

const HEIGHT = 24;

/**
 * A picture of the bars: what it shows stands beside it for those who do not see it, and so do the filters that a
 * click chooses.
 *
 * `isChosen`: whether a bar's filter holds.
 */
export function Histogram({
  bars,
  isChosen,
  onChoose,
}: {
  bars: readonly Bar[];
  isChosen: (bar: Bar) => boolean;
  onChoose: (bar: Bar) => void;
}) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <div className={style.histogram} aria-hidden="true">
      {bars.map((bar) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: hidden from whoever does not point; they have the list
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div
          key={bar.text}
          className={`${style.bar} ${isChosen(bar) ? style.chosen : ""}`}
          title={`${bar.text}: ${bar.count}`}
          style={{ "--high": bar.count ? `${Math.max((bar.count / most) * HEIGHT, 2)}px` : "0px" } as object}
          onClick={() => bar.conditions.length > 0 && onChoose(bar)}
        />
      ))}
    </div>
  );
}
