// Templates: apply one after seeing what it would do, save the project's schema as one.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button, Form, Input, Label, TextArea, TextField } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { ApplyTemplate } from "./ApplyTemplate.tsx";
import style from "./SetupPage.module.css";

const TEMPLATES = ["get", "/v1/templates"] as const;
const PAGE = { params: { query: { page_size: 200 } } };
const changed = () => queries.invalidateQueries({ queryKey: TEMPLATES });

export function TemplatesView({ projectId }: { projectId: string }) {
  const t = useTranslations("setup.templates");
  const { mayEdit } = useRights();
  const templates = api.useQuery(...TEMPLATES, PAGE);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <div className={style.sections}>
      <section className="stack" aria-labelledby="templates">
        <h3 id="templates">{t("title")}</h3>
        <p className="quiet">{t("about")}</p>
        <Loaded query={templates}>
          {({ items }) => (
            <ul className={style.templates}>
              {items.map((template) => (
                <li key={template.id} className="card">
                  <TemplateHead template={template} />
                  {mayEdit && (
                    <div className="row">
                      <Button
                        aria-expanded={chosen === template.id}
                        aria-label={t("lookAt", { name: template.name })}
                        onPress={() => setChosen(chosen === template.id ? null : template.id)}
                      >
                        {t("look")}
                      </Button>
                      {!template.ships && <DeleteTemplate template={template} />}
                    </div>
                  )}
                  {chosen === template.id && (
                    <ApplyTemplate projectId={projectId} template={template} done={() => setChosen(null)} />
                  )}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </section>
      {mayEdit && <SaveAsTemplate projectId={projectId} />}
    </div>
  );
}

function TemplateHead({ template }: { template: Schema<"Template"> }) {
  const t = useTranslations("setup.templates");
  const format = useFormatter();
  return (
    <>
      <div className="row">
        <strong dir="auto">{template.name}</strong>
        <span className="quiet">{t("variables", { count: template.variable_count })}</span>
        {template.ships ? (
          <span className="quiet">{t("ships")}</span>
        ) : (
          template.created_at && (
            <span className="quiet">{format.dateTime(new Date(template.created_at), { dateStyle: "medium" })}</span>
          )
        )}
      </div>
      {template.description && <p dir="auto">{template.description}</p>}
    </>
  );
}

function DeleteTemplate({ template: { id, name } }: { template: Schema<"Template"> }) {
  const t = useTranslations("setup.templates");
  const common = useTranslations("common");
  const remove = useMutation({
    mutationFn: async () => client.DELETE("/v1/templates/{template_id}", { params: { path: { template_id: id } } }),
    onSuccess: changed,
  });
  return (
    <>
      <Confirm
        trigger={
          <Button className="react-aria-Button plain" aria-label={t("deleteThis", { name })}>
            {common("delete")}
          </Button>
        }
        title={t("deleteThis", { name })}
        label={common("delete")}
        act={() => remove.mutate()}
      >
        {t("deleteAbout")}
      </Confirm>
      {remove.error !== null && <ProblemNotice error={remove.error} />}
    </>
  );
}

function SaveAsTemplate({ projectId }: { projectId: string }) {
  const t = useTranslations("setup.templates");
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const save = useMutation({
    mutationFn: async () => client.POST("/v1/templates", { body: { name, description, project_id: projectId } }),
    onSuccess: () => {
      tell({ text: t("saved", { name }), tone: "good" });
      setName("");
      setDescription("");
      return changed();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <section className="stack" aria-labelledby="save-template">
      <h3 id="save-template">{t("saveTitle")}</h3>
      <Form className="stack" onSubmit={submit}>
        <TextField value={name} onChange={setName} isRequired>
          <Label>{t("name")}</Label>
          <Input dir="auto" maxLength={200} />
        </TextField>
        <TextField value={description} onChange={setDescription}>
          <Label>{t("description")}</Label>
          <TextArea dir="auto" rows={2} maxLength={5_000} />
        </TextField>
        {save.error !== null && <ProblemNotice error={save.error} />}
        <div>
          <Button type="submit" isDisabled={save.isPending || name.trim() === ""}>
            {t("save")}
          </Button>
        </div>
      </Form>
    </section>
  );
}
