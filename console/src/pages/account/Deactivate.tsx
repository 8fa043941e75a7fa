// Ends a person's account.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Form, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { sessionQuery } from "~/api/session.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";

/** Only by the password, so that nobody else does it; whoever has none sets one before. */
export function Deactivate({ hasPassword, email }: { hasPassword: boolean; email: string }) {
  const t = useTranslations("account.deactivate");
  const [password, setPassword] = useState("");
  const cache = useQueryClient();
  const deactivate = useMutation({
    mutationFn: () => client.POST("/v1/auth/deactivate", { body: { password } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  return (
    <section className="card stack" aria-labelledby="deactivate">
      <h2 id="deactivate">{t("title")}</h2>
      <p>{t("text")}</p>
      {hasPassword ? (
        <Form className="stack" onSubmit={(event) => event.preventDefault()}>
          {/* For password managers. */}
          <input hidden name="username" autoComplete="username" value={email} readOnly />
          <TextField type="password" autoComplete="current-password" value={password} onChange={setPassword}>
            <Label>{t("password")}</Label>
            <Input dir="ltr" />
          </TextField>
          {deactivate.error !== null && <ProblemNotice error={deactivate.error} />}
          <div>
            <Confirm
              trigger={
                <Button className="react-aria-Button danger" isDisabled={!password || deactivate.isPending}>
                  {t("title")}
                </Button>
              }
              title={t("sure")}
              label={t("title")}
              act={() => deactivate.mutate()}
            >
              <p>{t("consequences")}</p>
            </Confirm>
          </div>
        </Form>
      ) : (
        <p className="quiet">{t("passwordFirst")}</p>
      )}
    </section>
  );
}
