// The views of the grid that a person keeps for themselves: applied, saved, renamed, deleted.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Button, Dialog, DialogTrigger, Form, Input, Label, Popover, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./menus.module.css";
import { isSame, type Kept } from "./views.ts";

/** `now`: what is shown; `viewId`: the view that was applied last, empty for none. */
export function ViewsMenu({
  projectId,
  variables,
  viewId,
  now,
  apply,
}: {
  projectId: string;
  variables: readonly Schema<"Variable">[];
  viewId: string;
  now: Kept;
  apply: (view: Schema<"View"> | null) => void;
}) {
  const t = useTranslations("grid");
  const path = { project_id: projectId };
  const views = api.useQuery("get", "/v1/projects/{project_id}/views", { params: { path } });
  const applied = views.data?.items.find(({ id }) => id === viewId);
  const differs = applied !== undefined && !isSame(applied, now, variables);
  return (
    <DialogTrigger>
      <Button>
        {applied ? <bdi>{applied.name}</bdi> : t("views")}
        {differs && <span className="quiet">({t("viewChanged")})</span>}
      </Button>
      <Popover placement="bottom end">
        <Dialog aria-label={t("viewsTitle")} className={`react-aria-Dialog ${style.columns}`}>
          <Loaded query={views}>
            {({ items }) => (
              <>
                {items.length === 0 && <p className={style.line}>{t("noViews")}</p>}
                <ul className={style.values} aria-label={t("viewsTitle")}>
                  {items.map((view) => (
                    <li key={view.id}>
                      <Button
                        className={`${style.value} ${view.id === viewId ? style.chosen : ""}`}
                        aria-pressed={view.id === viewId}
                        onPress={() => apply(view)}
                      >
                        <bdi className={style.text}>{view.name}</bdi>
                      </Button>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Loaded>
          {applied && <Applied key={applied.id} view={applied} now={now} differs={differs} apply={apply} />}
          <NewView projectId={projectId} now={now} apply={apply} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** What can be done with the view that is applied. */
function Applied({
  view,
  now,
  differs,
  apply,
}: {
  view: Schema<"View">;
  now: Kept;
  differs: boolean;
  apply: (view: Schema<"View"> | null) => void;
}) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  const changed = useViewsChanged();
  const params = { path: { view_id: view.id } };
  const update = useMutation({
    mutationFn: () => client.PATCH("/v1/views/{view_id}", { params, body: { ...now } }),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: () => client.DELETE("/v1/views/{view_id}", { params }),
    onSuccess: async () => {
      apply(null);
      await changed();
    },
  });
  const [isRenaming, setIsRenaming] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);
  const error = update.error ?? remove.error;
  return (
    <div className="stack">
      <div className="row">
        {differs && (
          <>
            <Button isPending={update.isPending} onPress={() => update.mutate()}>
              {t("updateView", { name: view.name })}
            </Button>
            <Button onPress={() => apply(view)}>{t("backToView")}</Button>
          </>
        )}
        <Button ref={renameButton} aria-expanded={isRenaming} onPress={() => setIsRenaming(!isRenaming)}>
          {t("renameView", { name: view.name })}
        </Button>
        <Confirm
          trigger={<Button isPending={remove.isPending}>{t("deleteView", { name: view.name })}</Button>}
          title={t("deleteViewTitle", { name: view.name })}
          label={common("delete")}
          act={() => remove.mutate()}
        >
          {t("deleteViewWhat")}
        </Confirm>
      </div>
      {isRenaming && (
        <Rename
          view={view}
          done={() => {
            setIsRenaming(false);
            renameButton.current?.focus();
          }}
        />
      )}
      {error !== null && <ProblemNotice error={error} />}
    </div>
  );
}

function Rename({ view, done }: { view: Schema<"View">; done: () => void }) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  const changed = useViewsChanged();
  const [name, setName] = useState(view.name);
  const rename = useMutation({
    mutationFn: () => client.PATCH("/v1/views/{view_id}", { params: { path: { view_id: view.id } }, body: { name } }),
    onSuccess: async () => {
      await changed();
      done();
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && !rename.isPending) rename.mutate();
  };
  return (
    <Form className="stack" onSubmit={send}>
      <TextField autoFocus value={name} onChange={setName} maxLength={100}>
        <Label>{t("viewName")}</Label>
        <Input dir="auto" />
      </TextField>
      <div className="row">
        <Button type="submit" isPending={rename.isPending} isDisabled={!name.trim()}>
          {t("rename")}
        </Button>
        <Button onPress={done}>{common("cancel")}</Button>
      </div>
      {rename.error !== null && <ProblemNotice error={rename.error} />}
    </Form>
  );
}

function NewView({
  projectId,
  now,
  apply,
}: {
  projectId: string;
  now: Kept;
  apply: (view: Schema<"View"> | null) => void;
}) {
  const t = useTranslations("grid");
  const common = useTranslations("common");
  const changed = useViewsChanged();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: async () => {
      const params = { path: { project_id: projectId } };
      return (await client.POST("/v1/projects/{project_id}/views", { params, body: { name: name.trim(), ...now } }))
        .data;
    },
    onSuccess: async (view) => {
      setName("");
      await changed();
      if (view) apply(view);
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) create.mutate();
  };
  return (
    <Form className="stack" onSubmit={send}>
      <TextField value={name} onChange={setName} maxLength={100}>
        <Label>{t("newView")}</Label>
        <Input dir="auto" />
      </TextField>
      <div>
        <Button type="submit" isPending={create.isPending} isDisabled={!name.trim()}>
          {common("save")}
        </Button>
      </div>
      {create.error !== null && <ProblemNotice error={create.error} />}
    </Form>
  );
}

function useViewsChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["get", "/v1/projects/{project_id}/views"] });
}
