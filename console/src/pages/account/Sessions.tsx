// Where a person is signed in; ends one sign-in, or all.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { sessionQuery } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";

const SESSIONS = ["get", "/v1/auth/sessions"];

export function Sessions() {
  const t = useTranslations("account.sessions");
  const sessions = api.useQuery("get", "/v1/auth/sessions");
  const cache = useQueryClient();
  const endAll = useMutation({
    mutationFn: () => client.POST("/v1/auth/sign-out-everywhere"),
    // The frame goes to the sign-in page once the session is seen to have ended.
    onSuccess: () => cache.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <section className="card stack" aria-labelledby="sessions">
      <h2 id="sessions">{t("title")}</h2>
      <Loaded query={sessions}>
        {({ items }) => (
          <Scroll label={t("title")}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("used")}</th>
                  <th scope="col">{t("made")}</th>
                  <th scope="col">{t("address")}</th>
                  <th scope="col">{t("end")}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((session) => (
                  <SessionRow key={session.id} session={session} />
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Loaded>
      {endAll.error !== null && <ProblemNotice error={endAll.error} />}
      <div>
        <Confirm
          trigger={<Button className="react-aria-Button danger">{t("endAll")}</Button>}
          title={t("endAllTitle")}
          label={t("endAll")}
          act={() => endAll.mutate()}
        >
          <p>{t("endAllText")}</p>
        </Confirm>
      </div>
    </section>
  );
}

function SessionRow({ session }: { session: Schema<"SessionReply"> }) {
  const t = useTranslations("account.sessions");
  const format = useFormatter();
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => client.DELETE("/v1/auth/sessions/{session_id}", { params: { path: { session_id: session.id } } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: SESSIONS }),
  });
  const at = (time: string) => format.dateTime(new Date(time), { dateStyle: "medium", timeStyle: "short" });
  return (
    <tr>
      <td>{at(session.used_at)}</td>
      <td>{at(session.created_at)}</td>
      <td>
        <bdi>{session.address}</bdi>
      </td>
      <td>
        {session.is_current ? (
          t("current")
        ) : (
          <Button
            isPending={end.isPending}
            aria-label={t("endNamed", { time: at(session.created_at), address: session.address })}
            onPress={() => end.mutate()}
          >
            {t("end")}
          </Button>
        )}
        {end.error !== null && <ProblemNotice error={end.error} />}
      </td>
    </tr>
  );
}
