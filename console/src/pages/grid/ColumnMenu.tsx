// What can be done with a column: sort, filter by what it holds, move, widen, hide.
import { Button, Heading } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { added, hasAll, type Sort, sortKey, toggled, writeSort } from "~/parts/filters.ts";
import type { Bar } from "~/parts/histogram.ts";
import type { Changes } from "./changes.ts";
import { FilterForm } from "./FilterForm.tsx";
import style from "./menus.module.css";

const STEP = 40;

export function ColumnMenu({
  variable,
  width,
  facet,
  bars,
  changes,
  close,
}: {
  variable: Schema<"Variable">;
  width: number;
  facet: Schema<"Facet"> | undefined;
  bars: readonly Bar[];
  changes: Changes;
  close: () => void;
}) {
  const t = useTranslations("grid");
  const by = sortKey(variable.name);
  return (
    <div className="stack">
      <Heading slot="title" className={style.title ?? ""}>
        <bdi>{variable.display_name || variable.name}</bdi> <code className="quiet">{variable.name}</code>
      </Heading>
      <div className="row">
        <SortButton text={t("ascending")} sort={{ by, isConfidence: false, isDescending: false }} changes={changes} />
        <SortButton text={t("descending")} sort={{ by, isConfidence: false, isDescending: true }} changes={changes} />
        <SortButton text={t("leastSure")} sort={{ by, isConfidence: true, isDescending: false }} changes={changes} />
      </div>
      {facet && <Summary facet={facet} bars={bars} changes={changes} />}
      <FilterForm
        variable={variable}
        add={(condition) => {
          changes.setFilters(added(changes.filters, condition));
          close();
        }}
      />
      <div className="row">
        <Button onPress={() => changes.move(variable.name, -1)}>{t("earlier")}</Button>
        <Button onPress={() => changes.move(variable.name, 1)}>{t("later")}</Button>
        <Button onPress={() => changes.resize(variable.name, width - STEP)}>{t("narrower")}</Button>
        <Button onPress={() => changes.resize(variable.name, width + STEP)}>{t("wider")}</Button>
        <Button
          onPress={() => {
            close();
            changes.hide(variable.name);
          }}
        >
          {t("hide")}
        </Button>
      </div>
    </div>
  );
}

/** The same for the column that names the rows; here stand the filters that look at all cells of a row, too. */
export function NameMenu({
  hasEntities,
  changes,
  close,
}: {
  hasEntities: boolean;
  changes: Changes;
  close: () => void;
}) {
  const t = useTranslations("grid");
  const sorts = hasEntities ? (["document", "entity"] as const) : (["document"] as const);
  return (
    <div className="stack">
      {sorts.map((by) => (
        <div key={by} className="row">
          <span>{t(by)}</span>
          <SortButton text={t("ascending")} sort={{ by, isConfidence: false, isDescending: false }} changes={changes} />
          <SortButton text={t("descending")} sort={{ by, isConfidence: false, isDescending: true }} changes={changes} />
        </div>
      ))}
      <FilterForm
        hasEntities={hasEntities}
        add={(condition) => {
          changes.setFilters(added(changes.filters, condition));
          close();
        }}
      />
    </div>
  );
}

/** Sorts so; pressed once more, rows are in the order of the upload again. */
function SortButton({ text, sort, changes }: { text: string; sort: Sort; changes: Changes }) {
  const wanted = writeSort(sort);
  const isSo = changes.sort === wanted;
  return (
    <Button
      className={`react-aria-Button ${isSo ? "primary" : ""}`}
      aria-pressed={isSo}
      onPress={() => changes.setSort(isSo ? "" : wanted)}
    >
      {text}
    </Button>
  );
}

/** What the column holds under the filters, in words, each of which filters. */
function Summary({ facet, bars, changes }: { facet: Schema<"Facet">; bars: readonly Bar[]; changes: Changes }) {
  const t = useTranslations("grid");
  const format = useFormatter();
  return (
    <>
      <p className={`quiet ${style.line}`}>
        {t("answered", { answered: facet.answered, units: facet.units })}
        {facet.stale > 0 && ` · ${t("staleCells", { count: facet.stale })}`}
      </p>
      {bars.length > 0 && (
        <ul className={style.values} aria-label={t("values")}>
          {bars.map((bar) => {
            const isChosen = hasAll(changes.filters, bar.conditions);
            return (
              <li key={bar.text}>
                <Button
                  className={`${style.value} ${isChosen ? style.chosen : ""}`}
                  aria-pressed={isChosen}
                  isDisabled={bar.conditions.length === 0}
                  onPress={() => changes.setFilters(toggled(changes.filters, bar.conditions))}
                >
                  <bdi className={style.text}>{bar.text}</bdi>
                  <span className="number">{format.number(bar.count)}</span>
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
