// Whether confidence means what it says: accuracy by confidence as a chart, and the same as a table.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";
import style from "./charts.module.css";
import { usePercent } from "./EstimateText.tsx";
import { along, radiusOf } from "./figures.ts";

type Bin = Schema<"CalibrationBin">;

const SIDE = 220;
const LARGEST = 8;
const TICKS = [0, 0.5, 1];

export function Calibration({ bins }: { bins: readonly Bin[] }) {
  return (
    <div className={style.pair}>
      <Chart bins={bins} />
      <Bins bins={bins} />
    </div>
  );
}

function Chart({ bins }: { bins: readonly Bin[] }) {
  const t = useTranslations("quality.calibration");
  const percent = usePercent();
  const most = Math.max(0, ...bins.map(({ cells }) => cells));
  const x = (share: number) => along(share, SIDE);
  const y = (share: number) => SIDE - along(share, SIDE);
  return (
    <svg viewBox={`-58 -12 ${SIDE + 76} ${SIDE + 62}`} className={style.square} aria-hidden="true">
      {TICKS.map((tick) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={0} y2={SIDE} className={style.grid} />
          <line x1={0} x2={SIDE} y1={y(tick)} y2={y(tick)} className={style.grid} />
          <text x={x(tick)} y={SIDE + 16} textAnchor="middle">
            {percent(tick)}
          </text>
          <text x={-6} y={y(tick) + 4} textAnchor="end">
            {percent(tick)}
          </text>
        </g>
      ))}
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={style.ideal} />
      {bins.map(({ from, mean_confidence, accuracy, cells }) => (
        <g key={from}>
          <line
            x1={x(mean_confidence)}
            x2={x(mean_confidence)}
            y1={y(accuracy.low)}
            y2={y(accuracy.high)}
            className={style.line}
          />
          <circle
            cx={x(mean_confidence)}
            cy={y(accuracy.value)}
            r={radiusOf(cells, most, LARGEST)}
            className={style.dot}
          />
        </g>
      ))}
      <text x={SIDE / 2} y={SIDE + 40} textAnchor="middle">
        {t("confidence")}
      </text>
      <text x={-44} y={SIDE / 2} textAnchor="middle" transform={`rotate(-90 -44 ${SIDE / 2})`}>
        {t("accuracy")}
      </text>
    </svg>
  );
}

function Bins({ bins }: { bins: readonly Bin[] }) {
  const t = useTranslations("quality.calibration");
  const format = useFormatter();
  const percent = usePercent();
  return (
    <Scroll label={t("caption")}>
      <table>
        <caption className={style.caption}>{t("caption")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("bin")}</th>
            <th scope="col" className="number">
              {t("mean")}
            </th>
            <th scope="col" className="number">
              {t("accuracy")}
            </th>
            <th scope="col" className="number">
              {t("interval")}
            </th>
            <th scope="col" className="number">
              {t("cells")}
            </th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ from, to, mean_confidence, accuracy, cells }) => (
            <tr key={from}>
              <th scope="row">{t("fromTo", { from: percent(from), to: percent(to) })}</th>
              <td className="number">{percent(mean_confidence)}</td>
              <td className="number">{percent(accuracy.value)}</td>
              <td className="number">{t("fromTo", { from: percent(accuracy.low), to: percent(accuracy.high) })}</td>
              <td className="number">{format.number(cells)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
