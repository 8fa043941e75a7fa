// What a model is really sent to code one document: every message of every call, as it is.
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import style from "./PromptsPage.module.css";

const MOST = 200;

export function ExactMessages({ projectId }: { projectId: string }) {
  const t = useTranslations("prompts.messages");
  const documents = api.useQuery("get", "/v1/projects/{project_id}/documents", {
    params: { path: { project_id: projectId }, query: { page_size: MOST, status: "READY" } },
  });
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Loaded query={documents}>
      {({ items }) => {
        const documentId = chosen ?? items[0]?.id;
        if (!documentId) return <p>{t("noDocuments")}</p>;
        return (
          <div className={style.sections}>
            <p className="quiet">{t("about")}</p>
            <Choice
              label={t("document")}
              options={items.map(({ id, name }) => [id, name] as const)}
              value={documentId}
              onChange={setChosen}
            />
            <Calls projectId={projectId} documentId={documentId} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Calls({ projectId, documentId }: { projectId: string; documentId: string }) {
  const t = useTranslations("prompts.messages");
  const calls = api.useQuery("get", "/v1/projects/{project_id}/prompt-preview", {
    params: { path: { project_id: projectId }, query: { document_id: documentId } },
  });
  return (
    <Loaded query={calls}>
      {({ items }) =>
        items.length === 0 ? (
          <p>{t("none")}</p>
        ) : (
          items.map((call, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: calls have no name but their place
            <Call key={at} call={call} number={at + 1} />
          ))
        )
      }
    </Loaded>
  );
}

function Call({ call, number }: { call: Schema<"PreviewedCall">; number: number }) {
  const t = useTranslations("prompts.messages");
  const format = useFormatter();
  const nameOf = (role: string) =>
    role === "system" || role === "user" || role === "assistant" ? t(`role.${role}`) : role;
  return (
    <section className="stack" aria-label={t("call", { number })}>
      <h3>{t("call", { number })}</h3>
      <p className="quiet">
        {t("settings", {
          tokens: format.number(call.tokens_in),
          most: format.number(call.max_tokens),
          temperature: format.number(call.temperature),
        })}
      </p>
      {call.messages.map(({ role, content }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no name but their place
        <details key={at} open={at === 0} className={style.message}>
          <summary>{nameOf(role)}</summary>
          <Scroll label={nameOf(role)} className={style.prompt}>
            <div dir="auto">{content}</div>
          </Scroll>
        </details>
      ))}
      <details className={style.message}>
        <summary>{t("schema")}</summary>
        <Scroll label={t("schema")} className={style.prompt}>
          <pre dir="ltr">{JSON.stringify(call.reply_schema, null, 2)}</pre>
        </Scroll>
      </details>
    </section>
  );
}
