// What was said in the conversation, with replies as they come.
import { useMutation, useQueries } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { useRights, useSession } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Mark } from "../marks.tsx";
import { ProblemNotice } from "../ProblemNotice.tsx";
import style from "./Copilot.module.css";
import { ProposalCard } from "./ProposalCard.tsx";
import { Quotes } from "./Quotes.tsx";
import { useReply } from "./useReply.ts";

type Message = Schema<"Message">;

export function Messages({ messages, projectId }: { messages: readonly Message[]; projectId: string }) {
  const t = useTranslations("copilot");
  const end = useRef<HTMLDivElement>(null);
  const newest = messages.at(-1)?.id;
  useEffect(() => {
    if (newest) end.current?.scrollIntoView({ block: "nearest" });
  }, [newest]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={style.messages} aria-label={t("conversation")} tabIndex={0}>
      {messages.length === 0 && <p className="quiet">{t("empty")}</p>}
      {messages.map((message) =>
        message.status === "STREAMING" ? (
          <ComingReply key={message.id} message={message} projectId={projectId} />
        ) : (
          <Said key={message.id} message={message} />
        ),
      )}
      <Announcement messages={messages} />
      <div ref={end} />
    </section>
  );
}

/** For screen readers: that a reply is being written, and the whole of it once it is there. */
function Announcement({ messages }: { messages: readonly Message[] }) {
  const t = useTranslations("copilot");
  const last = messages.at(-1);
  const seen = useRef(last?.id);
  const wasComing = useRef(false);
  if (last?.status === "STREAMING") wasComing.current = true;
  if (last?.id !== seen.current) seen.current = last?.id;
  const text = last?.status === "STREAMING" ? t("writes") : wasComing.current && last ? last.text || t("ended") : "";
  return (
    <div role="status" className="spoken">
      {text}
    </div>
  );
}

function ComingReply({ message, projectId }: { message: Message; projectId: string }) {
  const t = useTranslations("copilot");
  const { mayEdit } = useRights();
  const { text, isConnected } = useReply(message, projectId);
  const stop = useMutation({
    mutationFn: async () =>
      client.POST("/v1/messages/{message_id}/stop", { params: { path: { message_id: message.id } } }),
  });
  return (
    <article className={style.copilot} aria-label={t("copilotSays")} aria-busy="true">
      <p className={style.text} dir="auto">
        {text}
        <span className={style.cursor} aria-hidden="true" />
      </p>
      {!isConnected && <p className="quiet">{t("reconnecting")}</p>}
      {stop.error !== null && <ProblemNotice error={stop.error} />}
      {mayEdit && (
        <div>
          <Button onPress={() => stop.mutate()} isDisabled={stop.isPending}>
            {t("stop")}
          </Button>
        </div>
      )}
    </article>
  );
}

function Said({ message }: { message: Message }) {
  const t = useTranslations("copilot");
  const me = useSession()?.user.id;
  if (message.role === "USER") {
    const who = message.author === me ? t("youSay") : t("personSays");
    return (
      <article className={style.person} aria-label={who}>
        <p className={style.text} dir="auto">
          {message.text}
        </p>
      </article>
    );
  }
  return (
    <article className={style.copilot} aria-label={t("copilotSays")}>
      <p className={style.text} dir="auto">
        {message.text}
      </p>
      {message.status === "STOPPED" && <Mark shape="■" text={t("stopped")} tone="quiet" />}
      {message.status === "FAILED" && <Mark shape="✕" text={t("failed")} tone="bad" />}
      {message.problem && (
        <p dir="auto" lang="en">
          {message.problem}
        </p>
      )}
      <Quotes quotes={message.quotes} projectId={message.project_id} most={3} />
      {message.quotes_not_found.length > 0 && (
        <div className={style.stale}>
          <Mark shape="⚠" text={t("notFound", { count: message.quotes_not_found.length })} tone="doubt" />
          <ul>
            {message.quotes_not_found.map((quote) => (
              <li key={quote}>
                <q dir="auto">{quote}</q>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Proposals ids={message.proposal_ids} />
    </article>
  );
}

function Proposals({ ids }: { ids: readonly string[] }) {
  const found = useQueries({
    queries: ids.map((id) =>
      api.queryOptions("get", "/v1/proposals/{proposal_id}", { params: { path: { proposal_id: id } } }),
    ),
  });
  return found.map(({ data, error }, at) =>
    data ? <ProposalCard key={data.id} given={data} /> : error ? <ProblemNotice key={ids[at]} error={error} /> : null,
  );
}
