// Pause, resume, retry, cancel: what can be done with a run as it stands.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useJobAct } from "./queries.ts";
import { counts, isOver, type Job } from "./watched.ts";

export function JobActions({ job }: { job: Job }) {
  const t = useTranslations("run");
  const { mayEdit } = useRights();
  const act = useJobAct(job.id);
  const { failed, left } = counts(job);
  const isRunning = job.status === "PENDING" || job.status === "PROCESSING";
  const mayRetry = failed > 0 && !isRunning && job.status !== "CANCELLED";
  if (!mayEdit || (isOver(job) && !mayRetry)) return null;
  return (
    <>
      <div className="row">
        {isRunning && (
          <Button onPress={() => act.mutate("pause")} isDisabled={act.isPending}>
            {t("act.pause")}
          </Button>
        )}
        {job.status === "PAUSED" && (
          <Button className="react-aria-Button primary" onPress={() => act.mutate("resume")} isDisabled={act.isPending}>
            {t("act.resume")}
          </Button>
        )}
        {mayRetry && (
          <Button onPress={() => act.mutate("retry")} isDisabled={act.isPending}>
            {t("act.retry", { count: failed })}
          </Button>
        )}
        {!isOver(job) && (
          <Confirm
            trigger={<Button className="react-aria-Button danger">{t("act.cancel")}</Button>}
            title={t("act.cancelTitle")}
            label={t("act.cancel")}
            act={() => act.mutate("cancel")}
          >
            <p>{t("act.cancelAbout", { count: left })}</p>
          </Confirm>
        )}
      </div>
      {act.error !== null && <ProblemNotice error={act.error} />}
    </>
  );
}
