// Why a run is paused, and what can be done; where a budget may be the reason, it is raised here.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { ChangedMeanwhile } from "~/api/changes.ts";
import { api } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { useChangeProject } from "~/parts/change-project.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { BudgetField } from "./ProjectSettings.tsx";
import { counts, type Job } from "./watched.ts";

export function PausedNotice({ job, projectId }: { job: Job; projectId: string }) {
  const t = useTranslations("run");
  const { mayEdit } = useRights();
  const { failed } = counts(job);
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  return (
    <section className="stack" aria-labelledby="paused">
      <h3 id="paused">{t("paused.title")}</h3>
      <p dir="auto" lang="en">
        {job.status_reason}
      </p>
      {mayEdit && (
        <ul>
          <li>{t("paused.resume")}</li>
          {failed > 0 && <li>{t("paused.retry", { count: failed })}</li>}
          <li>{t("paused.cancel")}</li>
        </ul>
      )}
      {mayEdit && project.data && project.data.token_budget > 0 && (
        <RaiseBudget key={project.data.token_budget} project={project.data} />
      )}
    </section>
  );
}

/** The run takes the budget up when it is resumed. */
function RaiseBudget({ project }: { project: Schema<"Project"> }) {
  const t = useTranslations("run");
  const format = useFormatter();
  const [wanted, setWanted] = useState(project.token_budget);
  const save = useChangeProject(project.id);
  const send = async (etag: string): Promise<void> => {
    try {
      await save.mutateAsync({ body: { token_budget: wanted }, etag });
      tell({ text: t("paused.budgetSaved"), tone: "good" });
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) return;
      const now = error.now as Schema<"Project">;
      // What else somebody has changed of the project does not matter here.
      if (now.token_budget === project.token_budget) return send(now.etag);
      tell({ text: t("paused.budgetChanged", { tokens: format.number(now.token_budget) }), tone: "bad" });
    }
  };
  return (
    <>
      <div className="row">
        <BudgetField budget={wanted} setBudget={setWanted} />
        <Button isDisabled={save.isPending} onPress={() => void send(project.etag)}>
          {t("paused.changeBudget")}
        </Button>
      </div>
      {save.error !== null && <ProblemNotice error={save.error} />}
    </>
  );
}
