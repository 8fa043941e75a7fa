// The model and the token budget of the project, which hold for all of its runs.
import { Button, Form, Input, Label, NumberField, Text, TextField } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { ConflictNotice } from "~/parts/ConflictNotice.tsx";
import { useChangeProject } from "~/parts/change-project.ts";
import { changesOf } from "~/parts/edits.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { useEdit } from "~/parts/useEdit.ts";
import style from "./RunPage.module.css";

export function ProjectSettings({ projectId }: { projectId: string }) {
  const t = useTranslations("run");
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  return (
    <details className={style.fold}>
      <summary>{t("settings.title")}</summary>
      <Loaded query={project}>{(found) => <SettingsForm key={found.id} project={found} />}</Loaded>
    </details>
  );
}

type Settings = Pick<Schema<"Project">, "model" | "token_budget">;
const FIELDS = ["model", "token_budget"] as const;
const settingsIn = ({ model, token_budget }: Settings): Settings => ({ model, token_budget });

function SettingsForm({ project }: { project: Schema<"Project"> }) {
  const t = useTranslations("run");
  const tc = useTranslations("common");
  const format = useFormatter();
  const models = api.useQuery("get", "/v1/models", {});
  const save = useChangeProject(project.id);
  const edit = useEdit<Schema<"Project">, Settings>(project, FIELDS, settingsIn, save.isPending);
  const { state, conflict, isDirty } = edit;
  const send = (mine: Settings, from: Schema<"Project">) =>
    save.mutate(
      { body: changesOf<Settings>(FIELDS, settingsIn(from), mine), etag: from.etag },
      {
        onSuccess: (saved) => {
          if (saved) edit.saved(saved);
          tell({ text: t("settings.saved"), tone: "good" });
        },
        onError: edit.refused,
      },
    );
  if (conflict) {
    const settle = (fromMine: (keyof Settings)[]) => {
      save.reset();
      return edit.settle(fromMine);
    };
    const textOf = (of: Settings, field: keyof Settings) =>
      field === "model" ? of.model : format.number(of.token_budget);
    return (
      <ConflictNotice<keyof Settings>
        conflicts={conflict.fields}
        nameOf={(field) => t(field === "model" ? "settings.model" : "settings.budget")}
        textOf={(field, side) => textOf(side === "mine" ? state : conflict.theirs, field)}
        save={(fromMine) => send(settle(fromMine), conflict.theirs)}
        goOn={settle}
        takeTheirs={() => settle([])}
      />
    );
  }
  const known = (models.data?.items ?? []).map((one) => one.pattern);
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty) send(state, edit.seen);
      }}
    >
      <TextField value={state.model} onChange={(model) => edit.set({ model })}>
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
      <BudgetField budget={state.token_budget} setBudget={(token_budget) => edit.set({ token_budget })} />
      {save.error !== null && <ProblemNotice error={save.error} />}
      <div>
        <Button type="submit" isDisabled={save.isPending || !isDirty}>
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
