// Why a run is paused, and what can be done; where a budget may be the reason, it is raised here.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { BudgetField } from "./ProjectSettings.tsx";
import { useChangeProject } from "./queries.ts";
import { counts, type Job } from "./watched.ts";

export function PausedNotice({ job, projectId }: { job: Job; projectId: string }) {
  const t = useTranslations("run");
  const { mayEdit } = useRights();
  const { failed } = counts(job);
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  const budget = project.data?.token_budget ?? 0;
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
      {mayEdit && budget > 0 && <RaiseBudget key={budget} projectId={projectId} budget={budget} />}
    </section>
  );
}

/** The run takes the budget up when it is resumed. */
function RaiseBudget({ projectId, budget }: { projectId: string; budget: number }) {
  const t = useTranslations("run");
  const [wanted, setWanted] = useState(budget);
  const save = useChangeProject(projectId);
  return (
    <>
      <div className="row">
        <BudgetField budget={wanted} setBudget={setWanted} />
        <Button
          isDisabled={save.isPending}
          onPress={() =>
            save.mutate(
              { token_budget: wanted },
              { onSuccess: () => tell({ text: t("paused.budgetSaved"), tone: "good" }) },
            )
          }
        >
          {t("paused.changeBudget")}
        </Button>
      </div>
      {save.error !== null && <ProblemNotice error={save.error} />}
    </>
  );
}
