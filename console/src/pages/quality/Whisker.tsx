// An estimate as a dot with its interval on an axis from 0 to 100 percent; its numbers stand beside it.
import type { Schema } from "~/api/types.ts";
import style from "./charts.module.css";
import { along } from "./figures.ts";

const WIDTH = 200;
const HEIGHT = 20;
const MIDDLE = HEIGHT / 2;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

export function Whisker({ of }: { of: Schema<"Estimate"> }) {
  const [low, dot, high] = [of.low, of.value, of.high].map((share) => along(share, WIDTH));
  return (
    <svg viewBox={`-6 0 ${WIDTH + 12} ${HEIGHT}`} className={style.whisker} aria-hidden="true">
      {TICKS.map((tick) => (
        <line key={tick} x1={tick * WIDTH} x2={tick * WIDTH} y1={0} y2={HEIGHT} className={style.grid} />
      ))}
      <line x1={low} x2={high} y1={MIDDLE} y2={MIDDLE} className={style.line} />
      {[low, high].map((end, at) => (
        <line
          key={at === 0 ? "low" : "high"}
          x1={end}
          x2={end}
          y1={MIDDLE - 5}
          y2={MIDDLE + 5}
          className={style.line}
        />
      ))}
      <circle cx={dot} cy={MIDDLE} r={5} className={style.dot} />
    </svg>
  );
}
