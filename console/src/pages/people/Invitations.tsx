// The invitations that wait for an answer.
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { Confirm } from "~/parts/Confirm.tsx";
import { ListTable } from "~/parts/ListTable.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useInvitations, useTakeBack } from "./queries.ts";

export function Invitations({ workspaceId }: { workspaceId: string }) {
  const t = useTranslations("people");
  const words = useTranslations("words");
  const format = useFormatter();
  const invitations = useInvitations(workspaceId);
  const takeBack = useTakeBack(workspaceId);
  return (
    <Loaded query={invitations}>
      {({ items }) =>
        items.length > 0 && (
          <>
            <h3 id="waiting">{t("waiting")}</h3>
            {takeBack.error !== null && <ProblemNotice error={takeBack.error} />}
            <ListTable titledBy="waiting" label={t("waiting")} columns={[t("email"), t("role"), t("until")]}>
              {items.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    <bdi>{one.email}</bdi>
                  </th>
                  <td>{words(`role.${one.role}`)}</td>
                  <td>{format.dateTime(new Date(one.expires_at), { dateStyle: "medium" })}</td>
                  <td>
                    <Confirm
                      trigger={<Button aria-label={t("takeBackOne", { email: one.email })}>{t("takeBack")}</Button>}
                      title={t("takeBackTitle", { email: one.email })}
                      label={t("takeBack")}
                      act={() => takeBack.mutate(one.id)}
                    >
                      <p>{t("takeBackAbout")}</p>
                    </Confirm>
                  </td>
                </tr>
              ))}
            </ListTable>
          </>
        )
      }
    </Loaded>
  );
}
