// The model and the token budget of the project, which hold for all of its runs.
import { type FormEvent, useState } from "react";
import { Button, Form, Input, Label, NumberField, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { useChangeProject } from "./queries.ts";
import style from "./RunPage.module.css";

export function ProjectSettings({ projectId }: { projectId: string }) {
  const t = useTranslations("run");
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  return (
    <details className={style.fold}>
      <summary>{t("settings.title")}</summary>
      <Loaded query={project}>{(found) => <SettingsForm key={found.model} project={found} />}</Loaded>
    </details>
  );
}

function SettingsForm({ project }: { project: Schema<"Project"> }) {
  const t = useTranslations("run");
  const tc = useTranslations("common");
  const models = api.useQuery("get", "/v1/models", {});
  const [model, setModel] = useState(project.model);
  const [budget, setBudget] = useState(project.token_budget);
  const save = useChangeProject(project.id);
  const send = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(
      { model, token_budget: budget },
      { onSuccess: () => tell({ text: t("settings.saved"), tone: "good" }) },
    );
  };
  const known = (models.data?.items ?? []).map((one) => one.pattern);
  return (
    <Form className="stack" onSubmit={send}>
      <TextField value={model} onChange={setModel}>
        <Label>{t("settings.model")}</Label>
        <Input dir="ltr" list="models" />
        <Text slot="description">{t("settings.modelAbout")}</Text>
      </TextField>
      <datalist id="models">
        {known
          .filter((pattern) => !pattern.includes("*"))
          .map((pattern) => (
            <option key={pattern} value={pattern} />
          ))}
      </datalist>
      {known.length > 0 && (
        <p className="quiet">
          {t("settings.allowed")} <bdi dir="ltr">{known.join(", ")}</bdi>
        </p>
      )}
      <BudgetField budget={budget} setBudget={setBudget} />
      {save.error !== null && <ProblemNotice error={save.error} />}
      <div>
        <Button type="submit" isDisabled={save.isPending}>
          {tc("save")}
        </Button>
      </div>
    </Form>
  );
}

/** How many tokens the project may use; none is no limit. */
export function BudgetField({ budget, setBudget }: { budget: number; setBudget: (tokens: number) => void }) {
  const t = useTranslations("run");
  return (
    <NumberField
      value={budget}
      minValue={0}
      step={1}
      formatOptions={{ maximumFractionDigits: 0 }}
      onChange={(tokens) => setBudget(Number.isFinite(tokens) ? tokens : 0)}
    >
      <Label>{t("settings.budget")}</Label>
      <Input />
      <Text slot="description">{t("settings.budgetAbout")}</Text>
    </NumberField>
  );
}
