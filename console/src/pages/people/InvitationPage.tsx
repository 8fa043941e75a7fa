// What the link of an invitation opens: it is accepted by whoever is signed in, or with a new account.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { Button, FieldError, Form, Input, Label, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import { sessionQuery } from "~/api/session.ts";
import { useSecret } from "~/parts/link-secret.ts";
import { Preferences } from "~/parts/Preferences.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useTitle } from "~/parts/title.ts";
import { Waiting } from "~/parts/Waiting.tsx";
import { accept, join, takeToken } from "./invitation.ts";
import style from "./PeoplePage.module.css";

export function InvitationPage() {
  const t = useTranslations("people");
  useTitle(t("invitation.title"));
  const token = useSecret(takeToken);
  const session = useQuery(sessionQuery);
  const isSignedOut = isProblem(session.error) && session.error.status === 401;
  return (
    <main className={style.alone}>
      <div className="row spread">
        <h1>{t("invitation.title")}</h1>
        <Preferences />
      </div>
      {!token ? (
        <p role="alert">{t("invitation.noToken")}</p>
      ) : session.data ? (
        <Accept token={token} email={session.data.user.email} />
      ) : isSignedOut ? (
        <Join token={token} />
      ) : session.error !== null ? (
        <ProblemNotice error={session.error} retry={() => void session.refetch()} />
      ) : (
        <Waiting />
      )}
    </main>
  );
}

function Accept({ token, email }: { token: string; email: string }) {
  const t = useTranslations("people");
  const accepting = useMutation({ mutationFn: accept });
  return (
    <div className="stack">
      <p>{t.rich("invitation.signedIn", { email: () => <bdi>{email}</bdi> })}</p>
      {accepting.error !== null && <ProblemNotice error={accepting.error} />}
      <div className="row">
        <Button
          className="react-aria-Button primary"
          isDisabled={accepting.isPending}
          onPress={() => accepting.mutate(token)}
        >
          {t("invitation.accept")}
        </Button>
        <Link to="/sign-in" search={{ to: "/invitation" }}>
          {t("invitation.another")}
        </Link>
      </div>
    </div>
  );
}

function Join({ token }: { token: string }) {
  const t = useTranslations("people");
  const joining = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => join(token, email, password),
  });
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    joining.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  };
  return (
    <>
      <p>
        <Link to="/sign-in" search={{ to: "/invitation" }}>
          {t("invitation.haveAccount")}
        </Link>
      </p>
      <Form className="stack" onSubmit={send}>
        <h2>{t("invitation.newAccount")}</h2>
        <TextField name="email" type="email" isRequired autoComplete="username">
          <Label>{t("email")}</Label>
          <Input dir="ltr" />
          <Text slot="description">{t("invitation.emailAbout")}</Text>
          <FieldError />
        </TextField>
        <TextField name="password" type="password" isRequired minLength={8} autoComplete="new-password">
          <Label>{t("invitation.password")}</Label>
          <Input dir="ltr" />
          <Text slot="description">{t("invitation.passwordAbout")}</Text>
          <FieldError />
        </TextField>
        {joining.error !== null && <ProblemNotice error={joining.error} />}
        <div>
          <Button type="submit" className="react-aria-Button primary" isDisabled={joining.isPending}>
            {t("invitation.join")}
          </Button>
        </div>
      </Form>
    </>
  );
}
