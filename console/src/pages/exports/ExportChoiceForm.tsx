// Which part of the dataset is exported.
import { Input, Label, Text, TextField } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { Check } from "~/parts/Check.tsx";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import style from "./ExportsPage.module.css";
import { type ExportWish, STATUSES } from "./formats.ts";

interface Part {
  projectId: string;
  wish: ExportWish;
  change: (changed: Partial<ExportWish>) => void;
}

export function ExportChoiceForm({ projectId, wish, change }: Part) {
  const t = useTranslations("exports");
  const words = useTranslations("words");
  const toggled = (list: readonly string[], one: string, is: boolean) =>
    is ? [...list, one] : list.filter((other) => other !== one);
  return (
    <div className="stack">
      <Source projectId={projectId} wish={wish} change={change} />
      <Variables projectId={projectId} wish={wish} change={change} />
      <TextField value={wish.documents} onChange={(documents) => change({ documents })}>
        <Label>{t("documents")}</Label>
        <Input dir="auto" />
        <Text slot="description">{t("documentsAbout")}</Text>
      </TextField>
      <fieldset className={style.group}>
        <legend>{t("statuses")}</legend>
        <div className={style.checks}>
          {STATUSES.map((status) => (
            <Check
              key={status}
              isSelected={wish.statuses.includes(status)}
              onChange={(is) => change({ statuses: toggled(wish.statuses, status, is) })}
            >
              {words(`status.${status}`)}
            </Check>
          ))}
        </div>
      </fieldset>
      <Check isSelected={wish.onlyReviewed} onChange={(onlyReviewed) => change({ onlyReviewed })}>
        {t("onlyReviewed")}
      </Check>
      <p className="quiet">{t("notChosen")}</p>
    </div>
  );
}

/** The dataset, or the rows of one of the newest jobs. */
function Source({ projectId, wish, change }: Part) {
  const t = useTranslations("exports");
  const words = useTranslations("words");
  const format = useFormatter();
  const init = { params: { path: { project_id: projectId }, query: { page_size: 50 } } };
  const jobs = api.useQuery("get", "/v1/projects/{project_id}/jobs", init);
  const named = (jobs.data?.items ?? []).map((job) => {
    const begun = format.dateTime(new Date(job.created_at), { dateStyle: "medium", timeStyle: "short" });
    return [job.id, `${words(`kind.${job.kind}`)}, ${begun}`] as const;
  });
  return (
    <Choice
      label={t("source")}
      options={[["dataset", t("dataset")], ...named]}
      value={wish.jobId || "dataset"}
      onChange={(key) => change({ jobId: key === "dataset" ? "" : key })}
    />
  );
}

function Variables({ projectId, wish, change }: Part) {
  const t = useTranslations("exports");
  const init = { params: { path: { project_id: projectId } } };
  const variables = api.useQuery("get", "/v1/projects/{project_id}/variables", init);
  return (
    <fieldset className={style.group}>
      <legend>{t("variables")}</legend>
      <Loaded query={variables}>
        {({ items }) => (
          <div className={style.checks}>
            {items.map(({ name, display_name }) => (
              <Check
                key={name}
                isSelected={wish.variables.includes(name)}
                onChange={(is) =>
                  change({
                    variables: is ? [...wish.variables, name] : wish.variables.filter((one) => one !== name),
                  })
                }
              >
                <bdi>{display_name || name}</bdi>
              </Check>
            ))}
          </div>
        )}
      </Loaded>
    </fieldset>
  );
}
