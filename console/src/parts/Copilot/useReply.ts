// A reply as it comes, from its beginning: what has come of it so far, and whether the connection stands.
import { useEffect, useState } from "react";
import { listen } from "~/api/live.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import { schemaChanged, wholeConversation } from "./queries.ts";
import { type Coming, heardOf } from "./reply.ts";

/** Once it has ended it stands in the conversation as it has become. */
export function useReply(message: Schema<"Message">, projectId: string): { text: string; isConnected: boolean } {
  const { id } = message;
  const [coming, setComing] = useState<Coming>({ text: "", sequence: 0 });
  const [isConnected, setIsConnected] = useState(true);
  useEffect(
    () =>
      listen<Schema<"MessageUpdate">>(`/v1/messages/${id}/events`, ["part", "ended"], {
        connected: setIsConnected,
        isLast: (update) => update.type === "ended",
        update: (update) => {
          if (update.type === "part") setComing((known) => heardOf(known, update));
          else void ended(update.message, projectId);
        },
      }),
    [id, projectId],
  );
  // What the conversation's list had already is shown until the stream has caught up with it.
  const text = coming.text.length >= message.text.length ? coming.text : message.text;
  return { text, isConnected };
}

async function ended(message: Schema<"Message">, projectId: string): Promise<void> {
  const { queryKey } = wholeConversation(projectId);
  await queries.cancelQueries({ queryKey });
  queries.setQueryData<Schema<"ListMessagesResponse">>(
    queryKey,
    (known) => known && { ...known, items: known.items.map((one) => (one.id === message.id ? message : one)) },
  );
  if (message.proposal_ids.length) await schemaChanged();
}
