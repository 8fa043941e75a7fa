// The workspaces of whoever is signed in: going to another one, and making one to share.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { ListTable } from "~/parts/ListTable.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./PeoplePage.module.css";
import { actIn, useCreateWorkspace, useWorkspaces } from "./queries.ts";

export function Workspaces({ current }: { current: string }) {
  const t = useTranslations("people");
  const words = useTranslations("words");
  const workspaces = useWorkspaces();
  const go = useMutation({ mutationFn: actIn });
  return (
    <>
      <Loaded query={workspaces}>
        {({ items }) => (
          <ListTable titledBy="workspaces" label={t("workspaces")} columns={[t("name"), t("yourRole")]}>
            {items.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <bdi>{one.name}</bdi>
                </th>
                <td>{words(`role.${one.role}`)}</td>
                <td>
                  {one.id === current ? (
                    <span className="quiet">{t("here")}</span>
                  ) : (
                    <Button
                      aria-label={t("goTo", { name: one.name })}
                      isDisabled={go.isPending}
                      onPress={() => go.mutate(one.id)}
                    >
                      {t("go")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </ListTable>
        )}
      </Loaded>
      {go.error !== null && <ProblemNotice error={go.error} />}
      <NewWorkspace />
    </>
  );
}

function NewWorkspace() {
  const t = useTranslations("people");
  const create = useCreateWorkspace();
  const [name, setName] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(name, { onSuccess: () => setName("") });
  };
  return (
    <>
      <Form className={style.form ?? ""} onSubmit={send}>
        <TextField
          isRequired
          maxLength={100}
          value={name}
          onChange={setName}
          className={`react-aria-TextField ${style.wide}`}
        >
          <Label>{t("newWorkspace")}</Label>
          <Input dir="auto" />
          <FieldError />
        </TextField>
        <Button type="submit" isDisabled={create.isPending}>
          {t("create")}
        </Button>
      </Form>
      <p className="quiet">{t("newWorkspaceAbout")}</p>
      {create.error !== null && <ProblemNotice error={create.error} />}
    </>
  );
}
