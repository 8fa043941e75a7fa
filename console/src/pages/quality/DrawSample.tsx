// Draws a sample of cells at random, whose verdicts tell how good the dataset is, and goes on to judge them.
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button, Form, Input, Label, NumberField, Radio, RadioGroup, Switch, Text } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";

const USUAL_SIZE = 50;
const MOST = 10_000;
const DESIGNS = ["STRATIFIED", "UNIFORM"] as const;

export function DrawSample({ projectId, size = USUAL_SIZE }: { projectId: string; size?: number }) {
  const t = useTranslations("quality.draw");
  const { mayEdit } = useRights();
  const [cells, setCells] = useState(size);
  const [isBlind, setIsBlind] = useState(true);
  const [design, setDesign] = useState<Schema<"SampleDesign">>("STRATIFIED");
  const draw = useDraw(projectId);
  if (!mayEdit) return <p>{t("viewer")}</p>;
  return (
    <Form
      className="card stack"
      aria-label={t("title")}
      onSubmit={(event) => {
        event.preventDefault();
        draw.mutate({ size: cells, blind: isBlind, design });
      }}
    >
      <h3>{t("title")}</h3>
      <p>{t("why")}</p>
      <NumberField value={cells} onChange={setCells} minValue={1} maxValue={MOST} step={1}>
        <Label>{t("size")}</Label>
        <Input />
        <Text slot="description">{t("sizeHelp")}</Text>
      </NumberField>
      <Switch isSelected={isBlind} onChange={setIsBlind}>
        <span className="box" aria-hidden="true">
          {isBlind ? "✓" : ""}
        </span>
        {t("blind")}
      </Switch>
      <p className="quiet">{t("blindWhy")}</p>
      <RadioGroup value={design} onChange={(chosen) => setDesign(chosen as Schema<"SampleDesign">)}>
        <Label>{t("design")}</Label>
        {DESIGNS.map((one) => (
          <Radio key={one} value={one}>
            <span className="box" aria-hidden="true">
              {one === design ? "●" : ""}
            </span>
            {t(one)}
          </Radio>
        ))}
      </RadioGroup>
      {draw.error !== null && <ProblemNotice error={draw.error} />}
      <div>
        <Button type="submit" className="react-aria-Button primary" isPending={draw.isPending}>
          {t("start", { count: Number.isNaN(cells) ? 0 : cells })}
        </Button>
      </div>
    </Form>
  );
}

/** Draws, and goes to the queue of what was drawn. */
function useDraw(projectId: string) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: Schema<"DrawReviewSampleRequest">) =>
      client.POST("/v1/projects/{project_id}/review-samples", { params: { path: { project_id: projectId } }, body }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["get", "/v1/projects/{project_id}/review-samples"] });
      await queries.invalidateQueries({ queryKey: ["get", "/v1/projects/{project_id}/quality"] });
      await navigate({ to: "/projects/$projectId/review", params: { projectId }, search: { queue: "measure" } });
    },
  });
}
