// The API keys by which scripts act for people in this workspace.
import { useMutation } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useRights, useSession } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { ListTable } from "~/parts/ListTable.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useTitle } from "~/parts/title.ts";
import style from "./KeysPage.module.css";
import { NewKey } from "./NewKey.tsx";

type Key = Schema<"ApiKeyReply">;

export function KeysPage() {
  const t = useTranslations("keys");
  useTitle(t("title"));
  return (
    <div className={style.page}>
      <h1>{t("title")}</h1>
      <p>{t("about")}</p>
      <section className="stack" aria-labelledby="new-key">
        <h2 id="new-key">{t("new")}</h2>
        <NewKey />
      </section>
      <section className="stack" aria-labelledby="keys">
        <h2 id="keys">{t("list")}</h2>
        <List />
      </section>
    </div>
  );
}

function List() {
  const t = useTranslations("keys");
  const keys = api.useQuery("get", "/v1/api-keys", {});
  return (
    <Loaded query={keys}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="quiet">{t("empty")}</p>
        ) : (
          <ListTable
            titledBy="keys"
            label={t("list")}
            columns={[t("name"), t("role"), t("maker"), t("made"), t("used"), t("expires")]}
          >
            {items.map((one) => (
              <Row key={one.id} one={one} />
            ))}
          </ListTable>
        )
      }
    </Loaded>
  );
}

function Row({ one }: { one: Key }) {
  const t = useTranslations("keys");
  const tc = useTranslations("common");
  const words = useTranslations("words");
  const format = useFormatter();
  const day = (time: string | null, none: string) =>
    time === null ? none : format.dateTime(new Date(time), { dateStyle: "medium" });
  const remove = useMutation({
    mutationFn: () => client.DELETE("/v1/api-keys/{api_key_id}", { params: { path: { api_key_id: one.id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["get", "/v1/api-keys"] }),
  });
  return (
    <tr>
      <th scope="row">
        <bdi>{one.name}</bdi>
      </th>
      <td>{words(`role.${one.role}`)}</td>
      <td>
        <Maker userId={one.user_id} />
      </td>
      <td>{day(one.created_at, "")}</td>
      <td>{day(one.used_at, t("never"))}</td>
      <td>{day(one.expires_at, t("notAtAll"))}</td>
      <td>
        <Confirm
          trigger={
            <Button className="react-aria-Button danger" aria-label={t("deleteOne", { name: one.name })}>
              {tc("delete")}
            </Button>
          }
          title={t("deleteTitle", { name: one.name })}
          label={tc("delete")}
          act={() => remove.mutate()}
        >
          <p>{t("deleteAbout")}</p>
        </Confirm>
        {remove.error !== null && <ProblemNotice error={remove.error} />}
      </td>
    </tr>
  );
}

/** Whom a key acts for; owners see those of others. */
function Maker({ userId }: { userId: string }) {
  const t = useTranslations("keys");
  const session = useSession();
  const { isOwner } = useRights();
  const init = { params: { path: { workspace_id: session?.workspace.id ?? "" } } };
  const members = api.useQuery("get", "/v1/workspaces/{workspace_id}/members", init, { enabled: isOwner });
  if (userId === session?.user.id) return t("you");
  return <bdi>{members.data?.items.find((member) => member.user_id === userId)?.email ?? "–"}</bdi>;
}
