// Signs a person in: by e-mail address and password, or by the link that an empty installation prints.
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { sessionQuery } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { takeSecret, useSecret } from "~/parts/link-secret.ts";
import { Preferences } from "~/parts/Preferences.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useTitle } from "~/parts/title.ts";
import { Waiting } from "~/parts/Waiting.tsx";
import style from "./SignInPage.module.css";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const t = useTranslations("signIn");
  useTitle(t("signIn"));
  const code = useSecret(takeCode);
  const signIn = useSignIn();
  const { mutate } = signIn;

  useEffect(() => {
    if (code) mutate({ code });
  }, [code, mutate]);

  return (
    <main className={style.page}>
      <div className="row spread">
        <h1>CoderAI</h1>
        <Preferences />
      </div>
      {signIn.error !== null && <ProblemNotice error={signIn.error} />}
      {code && signIn.isPending ? (
        <Waiting what={t("byLink")} />
      ) : (
        <>
          <PasswordForm isPending={signIn.isPending} signIn={signIn.mutate} />
          <Link to="/reset-password">{t("forgot")}</Link>
        </>
      )}
      <p className="quiet">{t("noAccount")}</p>
    </main>
  );
}

function PasswordForm({ isPending, signIn }: { isPending: boolean; signIn: (body: Schema<"SignInBody">) => void }) {
  const t = useTranslations("signIn");
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signIn({ email: String(form.get("email")), password: String(form.get("password")) });
  };
  return (
    <Form className="stack" onSubmit={send}>
      <TextField name="email" type="email" isRequired autoComplete="username" autoFocus>
        <Label>{t("email")}</Label>
        <Input dir="ltr" />
        <FieldError />
      </TextField>
      <TextField name="password" type="password" isRequired autoComplete="current-password">
        <Label>{t("password")}</Label>
        <Input dir="ltr" />
        <FieldError />
      </TextField>
      <Button type="submit" className="react-aria-Button primary" isPending={isPending}>
        {t("signIn")}
      </Button>
    </Form>
  );
}

/** Signs in, and goes to where the person wanted to be. */
function useSignIn() {
  const { to } = route.useSearch();
  const router = useRouter();
  return useMutation({
    mutationFn: async (body: Schema<"SignInBody">) => (await client.POST("/v1/auth/session", { body })).data,
    onSuccess: (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.push(to ?? "/");
    },
  });
}

/** The code behind `#code=`. */
function takeCode(): string {
  return new URLSearchParams(takeSecret()).get("code") ?? "";
}
