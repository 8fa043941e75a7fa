// Sets a new password by a link, and has such a link mailed to whoever forgot theirs.
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useSecret } from "~/parts/link-secret.ts";
import { NewPasswordFields, NO_PASSWORD } from "~/parts/NewPassword.tsx";
import { isUsedUp, LinkPage, LinkProblem } from "./LinkPage.tsx";

export function ResetPasswordPage() {
  const t = useTranslations("links.reset");
  const token = useSecret();
  return <LinkPage title={t("title")}>{token ? <Reset key={token} token={token} /> : <Ask />}</LinkPage>;
}

function Reset({ token }: { token: string }) {
  const t = useTranslations("links.reset");
  const links = useTranslations("links");
  const [typed, setTyped] = useState(NO_PASSWORD);
  const reset = useMutation({
    mutationFn: () => client.POST("/v1/auth/reset-password", { body: { token, new_password: typed.password } }),
    // Also of whoever was signed in here.
    onSuccess: () => queries.clear(),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (typed.password === typed.again && !reset.isPending) reset.mutate();
  };
  if (reset.isSuccess) {
    return (
      <>
        <p role="status">{t("done")}</p>
        <Link to="/sign-in">{links("signIn")}</Link>
      </>
    );
  }
  return (
    <>
      {reset.error !== null && <LinkProblem error={reset.error} />}
      {isUsedUp(reset.error) ? (
        <Ask />
      ) : (
        <Form className="stack" onSubmit={send}>
          <NewPasswordFields typed={typed} onChange={setTyped} />
          <p>{t("ends")}</p>
          <div>
            <Button type="submit" className="react-aria-Button primary" isDisabled={reset.isPending}>
              {t("set")}
            </Button>
          </div>
        </Form>
      )}
    </>
  );
}

function Ask() {
  const t = useTranslations("links.reset");
  const links = useTranslations("links");
  const signIn = useTranslations("signIn");
  const [email, setEmail] = useState("");
  const ask = useMutation({ mutationFn: () => client.POST("/v1/auth/forgot-password", { body: { email } }) });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!ask.isPending) ask.mutate();
  };
  return (
    <>
      {ask.isSuccess ? (
        <div role="status">
          <p>{t.rich("sent", { email: () => <bdi>{email}</bdi> })}</p>
          <p className="quiet">{links("onItsWay")}</p>
        </div>
      ) : (
        <Form className="stack" onSubmit={send}>
          <p>{t("about")}</p>
          <TextField name="email" type="email" isRequired autoComplete="username" value={email} onChange={setEmail}>
            <Label>{signIn("email")}</Label>
            <Input dir="ltr" />
            <FieldError />
          </TextField>
          {ask.error !== null && <LinkProblem error={ask.error} />}
          <div>
            <Button type="submit" className="react-aria-Button primary" isDisabled={ask.isPending}>
              {t("ask")}
            </Button>
          </div>
        </Form>
      )}
      <Link to="/sign-in">{t("back")}</Link>
    </>
  );
}
