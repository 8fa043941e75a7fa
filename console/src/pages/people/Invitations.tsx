// The invitations that wait for an answer.
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { Confirm } from "~/parts/Confirm.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import style from "./PeoplePage.module.css";
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
            <Scroll label={t("waiting")}>
              <table className={style.table} aria-labelledby="waiting">
                <thead>
                  <tr>
                    <th scope="col">{t("email")}</th>
                    <th scope="col">{t("role")}</th>
                    <th scope="col">{t("until")}</th>
                    <th scope="col">
                      <span className="spoken">{t("acts")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
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
                </tbody>
              </table>
            </Scroll>
          </>
        )
      }
    </Loaded>
  );
}
