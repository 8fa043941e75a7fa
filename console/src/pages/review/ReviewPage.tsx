// Review: the dataset's doubtful cells are mended, or a drawn sample of cells is judged to measure how good it is.
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Switch } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { DrawSample } from "~/pages/quality/DrawSample.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import type { Outbox } from "./outbox.ts";
import { Reviewed } from "./Reviewed.tsx";
import style from "./ReviewPage.module.css";
import { useOutbox } from "./sending.ts";
import { useQueue } from "./useQueue.ts";

const route = getRouteApi("/inside/projects/$projectId/review");

export function ReviewPage() {
  const t = useTranslations("review");
  const { projectId } = route.useParams();
  const { queue = "repair" } = route.useSearch();
  const outbox = useOutbox();
  return (
    <div className="stack">
      <div className={style.head}>
        <h2>{t("title")}</h2>
        <nav aria-label={t("queues")} className={style.queues}>
          {(["repair", "measure"] as const).map((one) => (
            <Link
              key={one}
              to="/projects/$projectId/review"
              params={{ projectId }}
              search={{ queue: one }}
              activeOptions={{ includeSearch: true }}
              aria-current={one === queue ? "page" : undefined}
            >
              {t(`${one}.name`)}
            </Link>
          ))}
        </nav>
      </div>
      <p className="quiet">{t(`${queue}.what`)}</p>
      {outbox && (queue === "repair" ? <Repair {...{ projectId, outbox }} /> : <Measure {...{ projectId, outbox }} />)}
    </div>
  );
}

function Repair({ projectId, outbox }: { projectId: string; outbox: Outbox }) {
  const t = useTranslations("review");
  const [disputed, setDisputed] = useState(false);
  const query = useQueue(projectId, { disputed });
  return (
    <>
      <Switch isSelected={disputed} onChange={setDisputed}>
        <span className="box" aria-hidden="true">
          {disputed ? "✓" : ""}
        </span>
        {t("repair.disputed")}
      </Switch>
      <Loaded query={query}>
        {(queue) => <Reviewed key={String(disputed)} sampleId="" {...{ projectId, query, queue, outbox }} />}
      </Loaded>
    </>
  );
}

function Measure({ projectId, outbox }: { projectId: string; outbox: Outbox }) {
  const samples = api.useQuery("get", "/v1/projects/{project_id}/review-samples", {
    params: { path: { project_id: projectId }, query: { page_size: 1 } },
  });
  return (
    <Loaded query={samples}>
      {({ items: [newest] }) =>
        newest ? (
          <Sample key={newest.id} sampleId={newest.id} {...{ projectId, outbox }} />
        ) : (
          <DrawSample projectId={projectId} />
        )
      }
    </Loaded>
  );
}

function Sample({ projectId, sampleId, outbox }: { projectId: string; sampleId: string; outbox: Outbox }) {
  const query = useQueue(projectId, { sampleId });
  return <Loaded query={query}>{(queue) => <Reviewed {...{ projectId, sampleId, query, queue, outbox }} />}</Loaded>;
}
