// What would be coded, with what it takes before it is started.
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Estimate } from "./Estimate.tsx";
import { bodyOf, isTried, type RunOptions, startOptions } from "./options.ts";
import { ProjectSettings } from "./ProjectSettings.tsx";
import { useStart } from "./queries.ts";
import { RunOptionsForm } from "./RunOptionsForm.tsx";
import style from "./RunPage.module.css";
import type { Job } from "./watched.ts";

export function NewRun({
  projectId,
  jobs,
  sampleSize,
}: {
  projectId: string;
  jobs: readonly Job[];
  sampleSize: number | undefined;
}) {
  const t = useTranslations("run");
  const [options, setOptions] = useState<RunOptions>(() => startOptions(jobs, sampleSize));
  const start = useStart(projectId);
  const navigate = useNavigate();
  const begin = () =>
    start.mutate(
      { ...bodyOf(options), skip_sample: options.kind === "FULL" && options.skipSample },
      {
        onSuccess: (job) =>
          job && navigate({ to: "/projects/$projectId/run", params: { projectId }, search: { job: job.id } }),
      },
    );
  const change = (changed: Partial<RunOptions>) => {
    start.reset();
    setOptions((before) => ({ ...before, ...changed }));
  };
  return (
    <div className={style.form}>
      <div className="stack">
        <RunOptionsForm projectId={projectId} options={options} change={change} isTried={isTried(jobs)} />
        <ProjectSettings projectId={projectId} />
      </div>
      <div className={`card stack ${style.estimate}`}>
        <h3>{t("estimate.title")}</h3>
        <Estimate projectId={projectId} body={bodyOf(options)} isStarting={start.isPending} begin={begin} />
        {start.error !== null && <ProblemNotice error={start.error} />}
      </div>
    </div>
  );
}
