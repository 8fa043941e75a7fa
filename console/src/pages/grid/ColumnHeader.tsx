// The head of a column: its name, type and histogram; its button opens what can be done with it.
import { type PointerEvent, useState } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { hasAll, readFilter, readSort, sortKey, toggled } from "~/parts/filters.ts";
import { Histogram } from "~/parts/Histogram.tsx";
import { barsOf } from "~/parts/histogram.ts";
import { ColumnMenu, NameMenu } from "./ColumnMenu.tsx";
import type { Changes } from "./changes.ts";
import style from "./DataGrid.module.css";

export function ColumnHeader({
  variable,
  place,
  start,
  width,
  isAt,
  facet,
  changes,
}: {
  variable: Schema<"Variable">;
  place: number;
  start: number;
  width: number;
  isAt: boolean;
  facet: Schema<"Facet"> | undefined;
  changes: Changes;
}) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  const words = useTranslations("words");
  const locale = useLocale();
  const name = variable.display_name || variable.name;
  const bars = facet ? barsOf(facet, variable.type, locale, { yes: common("yes"), no: common("no") }) : [];
  const isFiltered = changes.filters.some((text) => readFilter(text)?.name === variable.name);
  const sort = sortOf(changes.sort, sortKey(variable.name));
  return (
    <div
      role="columnheader"
      aria-colindex={place + 1}
      aria-sort={sort.aria}
      className={style.header}
      style={{ insetInlineStart: start, inlineSize: width }}
    >
      <HeaderButton at={`-1:${place}`} isAt={isAt} name={name} mark={sort.mark} isFiltered={isFiltered}>
        {(close) => (
          <ColumnMenu variable={variable} width={width} facet={facet} bars={bars} changes={changes} close={close} />
        )}
      </HeaderButton>
      <span className={style.type}>
        {words(`type.${variable.type}`)}
        {facet && facet.units > 0 && (
          <span title={t("answered", { answered: facet.answered, units: facet.units })}>
            {" · "}
            {t("share", { share: facet.answered / facet.units })}
          </span>
        )}
      </span>
      <Histogram
        bars={bars}
        isChosen={({ conditions }) => hasAll(changes.filters, conditions)}
        onChoose={({ conditions }) => changes.setFilters(toggled(changes.filters, conditions))}
      />
      <ResizeHandle width={width} resize={(changed) => changes.resize(variable.name, changed)} />
    </div>
  );
}

/** The head of the column that names the rows. */
export function NameHeader({
  width,
  isAt,
  hasEntities,
  changes,
}: {
  width: number;
  isAt: boolean;
  hasEntities: boolean;
  changes: Changes;
}) {
  const t = useTranslations("grid");
  const byDocument = sortOf(changes.sort, "document");
  const sort = byDocument.mark ? byDocument : sortOf(changes.sort, "entity");
  const isFiltered = changes.filters.some((text) => readFilter(text)?.subject !== "variable");
  return (
    <div
      role="columnheader"
      aria-colindex={1}
      aria-sort={sort.aria}
      className={style.nameHeader}
      style={{ inlineSize: width }}
    >
      <HeaderButton
        at="-1:0"
        isAt={isAt}
        name={hasEntities ? t("documentAndEntity") : t("document")}
        mark={sort.mark}
        isFiltered={isFiltered}
      >
        {(close) => <NameMenu hasEntities={hasEntities} changes={changes} close={close} />}
      </HeaderButton>
      <ResizeHandle width={width} resize={(changed) => changes.resize("", changed)} />
    </div>
  );
}

function HeaderButton({
  at,
  isAt,
  name,
  mark,
  isFiltered,
  children,
}: {
  at: string;
  isAt: boolean;
  name: string;
  mark: string;
  isFiltered: boolean;
  children: (close: () => void) => React.ReactNode;
}) {
  const t = useTranslations("grid");
  return (
    <DialogTrigger>
      <Button className={style.headerButton ?? ""} data-at={at} excludeFromTabOrder={!isAt}>
        <bdi className={style.headerName} title={name}>
          {name}
        </bdi>
        {mark && <span aria-hidden="true">{mark}</span>}
        {isFiltered && (
          <svg className={style.funnel} viewBox="0 0 12 12" role="img" aria-label={t("filtered")}>
            <path d="M0 1h12L7.5 6.5V12l-3-2V6.5z" />
          </svg>
        )}
        <span aria-hidden="true" className="quiet">
          ▾
        </span>
      </Button>
      <Popover placement="bottom start" className={`react-aria-Popover ${style.popover}`}>
        <Dialog aria-label={t("columnMenu", { name })}>{({ close }) => children(close)}</Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** For whoever points; by keys the width is changed by Shift and an arrow in the head, or in the column's menu. */
function ResizeHandle({ width, resize }: { width: number; resize: (width: number) => void }) {
  const [from, setFrom] = useState<{ x: number; width: number } | null>(null);
  const begin = (event: PointerEvent<HTMLSpanElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setFrom({ x: event.clientX, width });
  };
  const drag = (event: PointerEvent<HTMLSpanElement>) => {
    if (!from) return;
    const onwards = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    resize(from.width + (event.clientX - from.x) * onwards);
  };
  return (
    <span
      aria-hidden="true"
      className={style.handle}
      onPointerDown={begin}
      onPointerMove={drag}
      onPointerUp={() => setFrom(null)}
      onPointerCancel={() => setFrom(null)}
    />
  );
}

/** Whether rows are sorted by this. */
function sortOf(text: string, by: string): { aria: "ascending" | "descending" | undefined; mark: string } {
  const sort = readSort(text);
  if (sort?.by !== by) return { aria: undefined, mark: "" };
  const mark = sort.isDescending ? "↓" : "↑";
  return { aria: sort.isDescending ? "descending" : "ascending", mark: sort.isConfidence ? `${mark}%` : mark };
}
