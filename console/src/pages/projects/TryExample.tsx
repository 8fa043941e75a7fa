// Makes the example's project before the person's eyes, and goes to its sample.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Mark } from "~/parts/marks.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import type { Step } from "./example/making.ts";
import style from "./ProjectsPage.module.css";

const STEPS: readonly Step[] = ["project", "variables", "documents", "reading", "sample"];

/** The making, which goes on and is told whatever else the page shows meanwhile. */
export function useExample() {
  const t = useTranslations("projects");
  const [step, setStep] = useState<Step>("project");
  const navigate = useNavigate();
  const cache = useQueryClient();
  const make = useMutation({
    // Its documents are loaded when somebody wants them.
    mutationFn: async () => (await import("./example/making.ts")).makeExample(setStep),
    onSuccess: async ({ projectId, isStarted }) => {
      if (!isStarted) tell({ text: t("example.lookAtCost") });
      await navigate({ to: "/projects/$projectId/run", params: { projectId } });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["get", "/v1/projects"] }),
  });
  return { make, step };
}

/** `isMain`: whether it is what the page is for just now. */
export function TryExample({ example, isMain }: { example: ReturnType<typeof useExample>; isMain: boolean }) {
  const t = useTranslations("projects");
  const { make, step } = example;
  return (
    <div className="stack">
      {make.error !== null && <ProblemNotice error={make.error} retry={() => make.mutate()} />}
      {make.isPending ? (
        <Steps now={step} />
      ) : (
        <div>
          <Button className={`react-aria-Button ${isMain ? "primary" : ""}`} onPress={() => make.mutate()}>
            {t("example.try")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Steps({ now }: { now: Step }) {
  const t = useTranslations("projects.example");
  const at = STEPS.indexOf(now);
  return (
    <div role="status">
      <ol className={style.steps} aria-label={t("making")}>
        {STEPS.map((step, place) => (
          <li key={step} aria-current={place === at ? "step" : undefined}>
            <Mark
              shape={place < at ? "✓" : place === at ? "…" : "○"}
              text={t(`step.${step}`)}
              tone={place < at ? "good" : "quiet"}
            />
          </li>
        ))}
      </ol>
    </div>
  );
}
