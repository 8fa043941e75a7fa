// Sets a password, or another one.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { sessionQuery } from "~/api/session.ts";
import { NewPasswordFields, NO_PASSWORD } from "~/parts/NewPassword.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";

/** Whoever came by a link has no password yet, and is not asked for it. */
export function Password({ hasPassword, email }: { hasPassword: boolean; email: string }) {
  const t = useTranslations("account.password");
  const [current, setCurrent] = useState("");
  const [typed, setTyped] = useState(NO_PASSWORD);
  const change = useMutation({
    mutationFn: () =>
      client.POST("/v1/auth/password", { body: { current_password: current, new_password: typed.password } }),
    onSuccess: async () => {
      setCurrent("");
      setTyped(NO_PASSWORD);
      tell({ text: t("done"), tone: "good" });
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await queries.invalidateQueries({ queryKey: ["get", "/v1/auth/sessions"] });
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (typed.password === typed.again && !change.isPending) change.mutate();
  };
  return (
    <section className="card stack" aria-labelledby="password">
      <h2 id="password">{hasPassword ? t("change") : t("set")}</h2>
      {!hasPassword && <p>{t("noneYet")}</p>}
      <Form className="stack" onSubmit={send}>
        {/* For password managers. */}
        <input hidden name="username" autoComplete="username" value={email} readOnly />
        {hasPassword && (
          <TextField
            name="current"
            type="password"
            isRequired
            autoComplete="current-password"
            value={current}
            onChange={setCurrent}
          >
            <Label>{t("current")}</Label>
            <Input dir="ltr" />
            <FieldError />
          </TextField>
        )}
        <NewPasswordFields typed={typed} onChange={setTyped} />
        {change.error !== null && <ProblemNotice error={change.error} />}
        <div>
          <Button type="submit" className="react-aria-Button primary" isPending={change.isPending}>
            {hasPassword ? t("change") : t("set")}
          </Button>
        </div>
        <p className="quiet">{t("others")}</p>
      </Form>
    </section>
  );
}
