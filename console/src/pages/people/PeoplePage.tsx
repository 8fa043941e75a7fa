// Who is in the workspace and what they may do, who is invited, and the workspaces of whoever is signed in.
import { useTranslations } from "use-intl";
import { useRights, useSession } from "~/api/session.ts";
import { useTitle } from "~/parts/title.ts";
import { Invitations } from "./Invitations.tsx";
import { Invite } from "./Invite.tsx";
import { Members } from "./Members.tsx";
import style from "./PeoplePage.module.css";
import { Workspaces } from "./Workspaces.tsx";

export function PeoplePage() {
  const t = useTranslations("people");
  const { isOwner } = useRights();
  const session = useSession();
  useTitle(t("title"));
  if (!session) return null;
  const { workspace, user } = session;
  return (
    <div className={style.page}>
      <h1>
        {t("title")} <bdi className="quiet">{workspace.name}</bdi>
      </h1>
      <section className="stack" aria-labelledby="members">
        <h2 id="members">{t("members")}</h2>
        <Members workspaceId={workspace.id} me={user.id} />
      </section>
      {isOwner && (
        <section className="stack" aria-labelledby="invite">
          <h2 id="invite">{t("invite")}</h2>
          <Invite workspaceId={workspace.id} />
          <Invitations workspaceId={workspace.id} />
        </section>
      )}
      <section className="stack" aria-labelledby="workspaces">
        <h2 id="workspaces">{t("workspaces")}</h2>
        <Workspaces current={workspace.id} />
      </section>
    </div>
  );
}
