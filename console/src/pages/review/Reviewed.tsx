// A queue: how far it is, the cell that is next, and what comes when nothing is left.

import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { Button, Label, ProgressBar } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Waiting } from "~/parts/Waiting.tsx";
import { Done } from "./Done.tsx";
import type { Outbox } from "./outbox.ts";
import { Refusals } from "./Refusals.tsx";
import style from "./ReviewPage.module.css";
import { Sending } from "./Sending.tsx";
import { type Queue, useMoreWhenFew } from "./useQueue.ts";
import { useReviewing } from "./useReviewing.ts";
import { Workbench } from "./Workbench.tsx";

interface Shown {
  projectId: string;
  /** Empty for the queue of what wants mending. */
  sampleId: string;
  /** Cells of the sample that had been judged when the queue was opened. */
  before?: number;
  query: UseInfiniteQueryResult<Queue, Error>;
  queue: Queue;
  outbox: Outbox;
}

export function Reviewed({ projectId, sampleId, before = 0, query, queue, outbox }: Shown) {
  const t = useTranslations("review");
  const reviewing = useReviewing(projectId, sampleId, queue, outbox);
  const variables = useVariables(projectId);
  useMoreWhenFew(query, reviewing.open.length, outbox.isWaiting);
  const { current, judged, skipped } = reviewing;
  return (
    <div className="stack">
      <div className="row spread">
        <Progress done={before + judged.length} total={before + Math.max(queue.total, judged.length)} />
        <Sending outbox={outbox} />
      </div>
      <Refusals outbox={outbox} projectId={projectId} goTo={reviewing.goTo} />
      {query.error && <ProblemNotice error={query.error} retry={() => void query.fetchNextPage()} />}
      {current && <Workbench projectId={projectId} reviewing={reviewing} item={current} variables={variables} />}
      {!current && query.isFetchingNextPage && <Waiting />}
      {!current && !query.isFetchingNextPage && !query.error && skipped > 0 && (
        <div className="card stack">
          <p>{t("skipped", { count: skipped })}</p>
          <div>
            <Button onPress={reviewing.lookAtSkipped}>{t("lookAtSkipped")}</Button>
          </div>
        </div>
      )}
      {!current && !query.hasNextPage && (
        <Done projectId={projectId} reviewing={reviewing} outbox={outbox} isMeasured={sampleId !== ""} />
      )}
    </div>
  );
}

function Progress({ done, total }: { done: number; total: number }) {
  const t = useTranslations("review");
  return (
    <ProgressBar value={done} minValue={0} maxValue={Math.max(1, total)} valueLabel={t("progress", { done, total })}>
      {({ percentage, valueText }) => (
        <div className={style.progress}>
          <Label className="spoken">{t("progressOf")}</Label>
          <span>{valueText}</span>
          <span className={style.bar} aria-hidden="true">
            <span style={{ inlineSize: `${percentage ?? 0}%` }} />
          </span>
        </div>
      )}
    </ProgressBar>
  );
}

const NONE: ReadonlyMap<string, Schema<"Variable">> = new Map();

/** The project's variables by name; none until they are there. */
function useVariables(projectId: string): ReadonlyMap<string, Schema<"Variable">> {
  const params = { path: { project_id: projectId } };
  const { data } = api.useQuery("get", "/v1/projects/{project_id}/variables", { params }, { staleTime: 60_000 });
  return useMemo(() => (data ? new Map(data.items.map((one) => [one.name, one])) : NONE), [data]);
}
