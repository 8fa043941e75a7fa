// Invites somebody by their e-mail address; where no mail is sent, shows the link to hand over, once.
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import { Choice } from "~/parts/Choice.tsx";
import { CopyField } from "~/parts/CopyField.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./PeoplePage.module.css";
import { ROLES, type Role, useInvite } from "./queries.ts";

export function Invite({ workspaceId }: { workspaceId: string }) {
  const t = useTranslations("people");
  const words = useTranslations("words");
  const invite = useInvite(workspaceId);
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("EDITOR");
  const send = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email, role }, { onSuccess: () => setEmail("") });
  };
  return (
    <>
      <Form className={style.form ?? ""} onSubmit={send}>
        <TextField
          type="email"
          isRequired
          value={email}
          onChange={setEmail}
          className={`react-aria-TextField ${style.wide}`}
        >
          <Label>{t("email")}</Label>
          <Input dir="ltr" />
          <FieldError />
        </TextField>
        <Choice
          label={t("role")}
          options={ROLES.map((one) => [one, words(`role.${one}`)] as const)}
          value={role}
          onChange={setRole}
        />
        <Button type="submit" className="react-aria-Button primary" isDisabled={invite.isPending}>
          {t("send")}
        </Button>
      </Form>
      <p className="quiet">{t(`may.${role}`)}</p>
      {invite.error !== null && <ProblemNotice error={invite.error} />}
      {isProblem(invite.error) && invite.error.code === "email_not_verified" && (
        <Link to="/verify-email">{t("verifyFirst")}</Link>
      )}
      {invite.data && (
        <div className="card stack" role="status">
          {invite.data.link ? (
            <>
              <p>{t("handOver", { email: invite.data.email })}</p>
              <CopyField label={t("link")} text={invite.data.link} />
            </>
          ) : (
            <p>{t("mailed", { email: invite.data.email })}</p>
          )}
        </div>
      )}
    </>
  );
}
