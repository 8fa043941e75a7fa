// The members of a workspace; owners change what they may do, and everybody may leave.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Confirm } from "~/parts/Confirm.tsx";
import { ListTable } from "~/parts/ListTable.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./PeoplePage.module.css";
import { ROLES, type Role, useChangeRole, useMembers, useRemove } from "./queries.ts";

type Member = Schema<"MemberReply">;

export function Members({ workspaceId, me }: { workspaceId: string; me: string }) {
  const t = useTranslations("people");
  const members = useMembers(workspaceId);
  return (
    <Loaded query={members}>
      {({ items }) => (
        <ListTable titledBy="members" label={t("members")} columns={[t("email"), t("role")]}>
          {items.map((member) => (
            <Row
              key={member.user_id}
              member={member}
              workspaceId={workspaceId}
              isMe={member.user_id === me}
              isNeeded={member.role === "OWNER" && items.filter((one) => one.role === "OWNER").length === 1}
            />
          ))}
        </ListTable>
      )}
    </Loaded>
  );
}

/** `isNeeded`: they are the only owner, without whom no workspace can be. */
function Row({
  member,
  workspaceId,
  isMe,
  isNeeded,
}: {
  member: Member;
  workspaceId: string;
  isMe: boolean;
  isNeeded: boolean;
}) {
  const t = useTranslations("people");
  const words = useTranslations("words");
  const { isOwner } = useRights();
  const remove = useRemove(workspaceId, member.user_id);
  return (
    <tr>
      <th scope="row">
        <bdi>{member.email}</bdi>
        {isMe && <span className="quiet"> {t("you")}</span>}
      </th>
      <td>
        {isOwner && !isNeeded ? (
          <RoleOf key={member.role} member={member} workspaceId={workspaceId} />
        ) : (
          words(`role.${member.role}`)
        )}
      </td>
      <td>
        {(isOwner || isMe) && !isNeeded && (
          <Confirm
            trigger={
              <Button
                className="react-aria-Button danger"
                aria-label={isMe ? t("leave") : t("removeOne", { email: member.email })}
              >
                {isMe ? t("leave") : t("remove")}
              </Button>
            }
            title={isMe ? t("leaveTitle") : t("removeTitle", { email: member.email })}
            label={isMe ? t("leave") : t("remove")}
            act={() => remove.mutate()}
          >
            <p>{isMe ? t("leaveAbout") : t("removeAbout")}</p>
          </Confirm>
        )}
        {remove.error !== null && <ProblemNotice error={remove.error} />}
      </td>
    </tr>
  );
}

/** The role of a member, chosen first and changed once that was confirmed. */
function RoleOf({ member, workspaceId }: { member: Member; workspaceId: string }) {
  const t = useTranslations("people");
  const words = useTranslations("words");
  const change = useChangeRole(workspaceId, member.user_id);
  const [wanted, setWanted] = useState<Role>(member.role);
  return (
    <>
      <div className={style.form}>
        <Choice
          label={t("roleOf", { email: member.email })}
          isLabelSpoken
          options={ROLES.map((role) => [role, words(`role.${role}`)] as const)}
          value={wanted}
          onChange={setWanted}
        />
        {wanted !== member.role && (
          <Confirm
            trigger={<Button>{t("changeRole")}</Button>}
            title={t("changeTitle", { email: member.email, role: words(`role.${wanted}`) })}
            label={t("changeRole")}
            act={() => change.mutate(wanted)}
          >
            <p>{t(`may.${wanted}`)}</p>
          </Confirm>
        )}
      </div>
      {change.error !== null && <ProblemNotice error={change.error} />}
    </>
  );
}
