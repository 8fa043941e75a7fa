// The dataset: rows and columns as a person wants them, and beside them the cell that they look at.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState, useSyncExternalStore } from "react";
import { ToggleButton } from "react-aria-components";
import { flushSync } from "react-dom";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { FilterChips } from "~/parts/FilterChips.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { useLocalStore } from "~/parts/local-store.ts";
import { NothingCoded } from "~/parts/NothingCoded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { isAnythingUnsaved, leaveUnsaved } from "~/parts/Unsaved.tsx";
import { Waiting } from "~/parts/Waiting.tsx";
import { AskAgain } from "./AskAgain.tsx";
import { ColumnsMenu } from "./ColumnsMenu.tsx";
import type { Changes } from "./changes.ts";
import { type Columns, moved, readColumns, resized, shownOf } from "./columns.ts";
import { DataGrid } from "./DataGrid.tsx";
import { type Shown, useHead } from "./dataset.ts";
import style from "./GridPage.module.css";
import { elementAt } from "./geometry.ts";
import type { At } from "./moves.ts";
import { PanelOfCell } from "./PanelOfCell.tsx";
import { ViewsMenu } from "./ViewsMenu.tsx";
import { columnsOf, keptOf } from "./views.ts";

const route = getRouteApi("/inside/projects/$projectId/data");

const WIDTH = 160;
const NAME_WIDTH = 240;
/** How much of the window the names take at most. */
const NAME_SHARE = 0.42;
/** Up to this width of the window, in pixels, the panel covers the table: 60rem in its style. */
const NARROW = 960;
const NO_FILTERS: readonly string[] = [];

export function GridPage() {
  const t = useTranslations("grid");
  const { projectId } = route.useParams();
  const params = { path: { project_id: projectId } };
  const variables = api.useQuery("get", "/v1/projects/{project_id}/variables", { params });
  const project = useQuery(api.queryOptions("get", "/v1/projects/{project_id}", { params }));
  return (
    <section className={style.page} aria-labelledby="data-title">
      <Loaded query={variables} what={t("loading")}>
        {({ items }) =>
          items.length > 0 ? (
            <Dataset
              projectId={projectId}
              variables={items}
              hasEntities={project.data?.unit.rows_per_document === "MULTIPLE"}
            />
          ) : (
            <>
              <h2 id="data-title">{t("title")}</h2>
              <p>{t("noVariables")}</p>
              <Link to="/projects/$projectId/setup" params={{ projectId }}>
                {t("toSetup")}
              </Link>
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function Dataset({
  projectId,
  variables,
  hasEntities,
}: {
  projectId: string;
  variables: readonly Schema<"Variable">[];
  hasEntities: boolean;
}) {
  const t = useTranslations("grid");
  const { filter = NO_FILTERS, sort = "", view = "" } = route.useSearch();
  const [columns, setColumns] = useColumns(projectId);
  const [at, setAt] = useState<At>({ row: 0, column: 0 });
  // The cell that the panel shows, and how often the focus was sent into it; null while it is closed.
  const [panel, setPanel] = useState<{ at: At; focused: number } | null>(null);
  const [withPercent, setWithPercent] = useState(false);
  // The panel follows the focus, but not away from what is typed in it.
  const move = (next: At) => {
    setAt(next);
    if (panel && !isAnythingUnsaved()) setPanel({ ...panel, at: next });
  };
  const changes = useChanges(variables, columns, setColumns, () => move({ row: 0, column: 0 }));
  const width = useWindowWidth();

  const visible = useMemo(() => shownOf(variables, columns), [variables, columns]);
  const wide = useMemo(
    () => visible.map((one) => ({ variable: one, width: columns.widths[one.name] ?? WIDTH })),
    [visible, columns],
  );
  const shown: Shown = { projectId, filter, sort, names: visible.map(({ name }) => name) };
  const head = useHead(shown);
  const total = head.data?.total;
  const variable = panel && panel.at.row >= 0 ? visible[panel.at.column - 1] : undefined;
  const close = () =>
    void leaveUnsaved(() => {
      flushSync(() => setPanel(null));
      elementAt(document, at)?.focus();
    });
  return (
    <>
      <Toolbar count={head.isPlaceholderData ? undefined : total}>
        {total !== undefined && <AskAgain projectId={projectId} />}
        <ToggleButton isSelected={withPercent} onChange={setWithPercent}>
          {t("showPercent")}
        </ToggleButton>
        <ViewsMenu
          projectId={projectId}
          variables={variables}
          viewId={view}
          now={keptOf(filter, sort, columns, variables)}
          apply={changes.applyView}
        />
        <ColumnsMenu variables={variables} columns={columns} change={setColumns} />
        <Link
          to="/projects/$projectId/exports"
          params={{ projectId }}
          search={filter.length > 0 ? { filter: [...filter] } : {}}
        >
          {filter.length > 0 ? t("exportThese") : t("export")}
        </Link>
      </Toolbar>
      <FilterChips filters={filter} variables={variables} change={changes.setFilters} />
      {head.error !== null && <ProblemNotice error={head.error} retry={() => void head.refetch()} />}
      {total === undefined && head.error === null && <Waiting what={t("loading")} retry={() => void head.refetch()} />}
      {total === 0 && !head.isPlaceholderData && (
        <Nothing projectId={projectId} isFiltered={filter.length > 0} clear={() => changes.setFilters([])} />
      )}
      {total !== undefined && total > 0 && (
        <div className={style.split}>
          <div className={style.grid} inert={panel !== null && variable !== undefined && width <= NARROW}>
            <DataGrid
              shown={shown}
              columns={wide}
              nameWidth={Math.round(Math.min(columns.widths[""] ?? NAME_WIDTH, width * NAME_SHARE))}
              total={total}
              hasEntities={hasEntities}
              at={{ row: Math.min(at.row, total - 1), column: Math.min(at.column, visible.length) }}
              withPercent={withPercent}
              changes={changes}
              onMove={move}
              onClose={() => void leaveUnsaved(() => setPanel(null))}
              onOpen={(opened, byKey) => {
                const isSame = panel?.at.row === opened.row && panel.at.column === opened.column;
                const focused = (panel?.focused ?? 0) + (byKey || width <= NARROW ? 1 : 0);
                const show = () => {
                  setAt(opened);
                  setPanel({ at: opened, focused });
                };
                if (isSame && (!byKey || isAnythingUnsaved())) return;
                void leaveUnsaved(show);
              }}
            />
          </div>
          {panel !== null && variable && (
            <PanelOfCell
              key={panel.focused}
              shown={shown}
              at={panel.at}
              variable={variable}
              isFocused={panel.focused > 0}
              close={close}
            />
          )}
        </div>
      )}
    </>
  );
}

/** The page's heading with how many rows there are, and what can be done with all of them. */
function Toolbar({ count, children }: { count: number | undefined; children: ReactNode }) {
  const t = useTranslations("grid");
  return (
    <div className="row spread">
      <h2 id="data-title" className={style.title}>
        {t("title")}
        <span role="status" className="quiet">
          {count !== undefined && ` · ${t("rows", { count })}`}
        </span>
      </h2>
      <div className="row">{children}</div>
    </div>
  );
}

/** What is said where no row is: that nothing was coded yet, or that the filters leave none. */
function Nothing({ projectId, isFiltered, clear }: { projectId: string; isFiltered: boolean; clear: () => void }) {
  const t = useTranslations("grid");
  if (!isFiltered) return <NothingCoded projectId={projectId} />;
  return (
    <div className="card stack" role="status">
      <p className={style.line}>{t("nothingMatches")}</p>
      <div>
        <button type="button" className="react-aria-Button primary" onClick={clear}>
          {t("clearFilters")}
        </button>
      </div>
    </div>
  );
}

/** The columns as this browser keeps them for the project. */
function useColumns(projectId: string): [Columns, (columns: Columns) => void] {
  const [kept, keep] = useLocalStore(`columns.${projectId}`);
  const columns = useMemo(() => readColumns(kept), [kept]);
  return [columns, (changed) => keep(JSON.stringify(changed))];
}

/** What changes the rows and columns; filters and sort live in the address. */
function useChanges(
  variables: readonly Schema<"Variable">[],
  columns: Columns,
  setColumns: (columns: Columns) => void,
  toBeginning: () => void,
): Changes & { applyView: (view: Schema<"View"> | null) => void } {
  const { filter = NO_FILTERS, sort = "" } = route.useSearch();
  const navigate = route.useNavigate();
  return {
    filters: filter,
    sort,
    setFilters: (filters) => {
      toBeginning();
      void navigate({
        search: ({ filter: _, ...rest }) => ({ ...rest, ...(filters.length > 0 && { filter: [...filters] }) }),
      });
    },
    setSort: (text) => {
      toBeginning();
      void navigate({ search: ({ sort: _, ...rest }) => ({ ...rest, ...(text && { sort: text }) }) });
    },
    applyView: (chosen) => {
      if (!chosen) return void navigate({ search: ({ view: _, ...rest }) => rest });
      setColumns(columnsOf(chosen, variables));
      toBeginning();
      const { filter: rows, sort: order, id } = chosen;
      const search = { ...(rows.length > 0 && { filter: rows }), ...(order && { sort: order }), view: id };
      return void navigate({ search });
    },
    hide: (name) => setColumns({ ...columns, hidden: [...columns.hidden, name] }),
    move: (name, by) => setColumns(moved(variables, columns, name, by)),
    resize: (name, width) => setColumns(resized(columns, name, width)),
  };
}

function useWindowWidth(): number {
  return useSyncExternalStore(onResize, () => window.innerWidth);
}

function onResize(changed: () => void): () => void {
  window.addEventListener("resize", changed);
  return () => window.removeEventListener("resize", changed);
}
