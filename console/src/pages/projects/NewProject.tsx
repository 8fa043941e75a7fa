// Makes a project of a name, and goes to its setup.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./ProjectsPage.module.css";

export function NewProject() {
  const t = useTranslations("projects");
  const [name, setName] = useState("");
  const navigate = useNavigate();
  const cache = useQueryClient();
  const create = useMutation({
    mutationFn: async () => (await client.POST("/v1/projects", { body: { name: name.trim() } })).data,
    onSuccess: async (project) => {
      if (project) await navigate({ to: "/projects/$projectId/setup", params: { projectId: project.id } });
      await cache.invalidateQueries({ queryKey: ["get", "/v1/projects"] });
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  return (
    <Form onSubmit={send} className="stack">
      <div className={style.newProject}>
        <TextField value={name} onChange={setName} isRequired maxLength={200} name="name">
          <Label>{t("newName")}</Label>
          <Input dir="auto" />
          <FieldError />
        </TextField>
        <Button type="submit" className="react-aria-Button primary" isPending={create.isPending}>
          {t("create")}
        </Button>
      </div>
      {create.error !== null && <ProblemNotice error={create.error} />}
    </Form>
  );
}
