// The conversation with the co-pilot, which all who work on the project share.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Label, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "./Confirm.tsx";
import style from "./Copilot/Copilot.module.css";
import { Messages } from "./Copilot/Messages.tsx";
import { wholeConversation } from "./Copilot/queries.ts";
import { Loaded } from "./Loaded.tsx";
import { ProblemNotice } from "./ProblemNotice.tsx";

/** `close`: what the button that closes the panel does; without it there is none. */
export function CopilotPanel({ projectId, close }: { projectId: string; close?: () => void }) {
  const t = useTranslations("copilot");
  const common = useTranslations("common");
  const conversation = useQuery(wholeConversation(projectId));
  return (
    <section className={style.panel} aria-labelledby="copilot">
      <div className="row spread">
        <h2 id="copilot" className={style.title}>
          {t("title")}
        </h2>
        <div className="row">
          <Reset projectId={projectId} isEmpty={conversation.data?.items.length === 0} />
          {close && (
            <Button className="react-aria-Button plain" aria-label={t("closePanel")} onPress={close}>
              {common("close")}
            </Button>
          )}
        </div>
      </div>
      <Loaded query={conversation} what={t("opening")}>
        {({ items }) => <Messages messages={items} projectId={projectId} />}
      </Loaded>
      <Composer projectId={projectId} />
    </section>
  );
}

function Reset({ projectId, isEmpty }: { projectId: string; isEmpty: boolean | undefined }) {
  const t = useTranslations("copilot");
  const { mayEdit } = useRights();
  const reset = useMutation({
    mutationFn: async () =>
      client.DELETE("/v1/projects/{project_id}/copilot/messages", { params: { path: { project_id: projectId } } }),
    onSuccess: () => queries.setQueryData(wholeConversation(projectId).queryKey, { items: [], next_page_token: "" }),
  });
  if (!mayEdit || isEmpty !== false) return null;
  return (
    <>
      {reset.error !== null && <ProblemNotice error={reset.error} />}
      <Confirm
        trigger={<Button className="react-aria-Button plain">{t("reset")}</Button>}
        title={t("resetTitle")}
        label={t("reset")}
        act={() => reset.mutate()}
      >
        {t("resetAbout")}
      </Confirm>
    </>
  );
}

function Composer({ projectId }: { projectId: string }) {
  const t = useTranslations("copilot");
  const { mayEdit } = useRights();
  const [text, setText] = useState("");
  const send = useSend(projectId, () => setText(""));
  if (!mayEdit) return <p className="quiet">{t("viewersRead")}</p>;
  const isEmpty = text.trim() === "";
  const submit = () => {
    if (!isEmpty && !send.isPending) send.mutate(text.trim());
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {send.error !== null && <ProblemNotice error={send.error} />}
      <TextField value={text} onChange={setText}>
        <Label>{t("say")}</Label>
        <TextArea
          dir="auto"
          rows={3}
          maxLength={20_000}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
      </TextField>
      <div className="row spread">
        <span className="quiet">{t("enterSends")}</span>
        <Button type="submit" className="react-aria-Button primary" isDisabled={send.isPending || isEmpty}>
          {t("send")}
        </Button>
      </div>
    </form>
  );
}

/** Says something; the message and its empty reply stand in the conversation at once. */
function useSend(projectId: string, sent: () => void) {
  return useMutation({
    mutationFn: async (text: string) =>
      (
        await client.POST("/v1/projects/{project_id}/copilot/messages", {
          params: { path: { project_id: projectId } },
          body: { text },
        })
      ).data,
    onSuccess: (said) => {
      sent();
      const { queryKey } = wholeConversation(projectId);
      if (!said) return;
      queries.setQueryData<Schema<"ListMessagesResponse">>(queryKey, (known) => ({
        items: [...(known?.items ?? []), said.message, said.reply],
        next_page_token: "",
      }));
    },
  });
}
