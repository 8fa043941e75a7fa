// Makes an API key, and shows it this once.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button, FieldError, Form, Input, Label, TextField } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useSession } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { CopyField } from "~/parts/CopyField.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { expiryOf, LASTING, type Lasting, rolesUpTo } from "./expiry.ts";
import style from "./KeysPage.module.css";

type Role = Schema<"Workspace">["role"];

export function NewKey() {
  const t = useTranslations("keys");
  const words = useTranslations("words");
  const roles = rolesUpTo(useSession()?.workspace.role ?? "VIEWER");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>(roles.includes("EDITOR") ? "EDITOR" : "VIEWER");
  const [lasting, setLasting] = useState<Lasting>("90");
  const make = useMutation({
    mutationFn: async (body: Schema<"NewApiKey">) => (await client.POST("/v1/api-keys", { body })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["get", "/v1/api-keys"] }),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ name, role, expires_at: expiryOf(lasting, new Date()) }, { onSuccess: () => setName("") });
  };
  return (
    <>
      <Form className={style.form ?? ""} onSubmit={send}>
        <TextField
          isRequired
          maxLength={100}
          value={name}
          onChange={setName}
          className={`react-aria-TextField ${style.wide}`}
        >
          <Label>{t("name")}</Label>
          <Input dir="auto" />
          <FieldError />
        </TextField>
        <Choice
          label={t("role")}
          options={roles.map((one) => [one, words(`role.${one}`)] as const)}
          value={role}
          onChange={setRole}
        />
        <Choice
          label={t("lasts")}
          options={LASTING.map((one) => [one, t(`lasting.${one}`)] as const)}
          value={lasting}
          onChange={setLasting}
        />
        <Button type="submit" className="react-aria-Button primary" isDisabled={make.isPending}>
          {t("make")}
        </Button>
      </Form>
      {make.error !== null && <ProblemNotice error={make.error} />}
      {make.data && <Made made={make.data} />}
    </>
  );
}

function Made({ made }: { made: Schema<"CreatedApiKey"> }) {
  const t = useTranslations("keys");
  const words = useTranslations("words");
  const format = useFormatter();
  const until = made.expires_at
    ? t("untilDay", { day: format.dateTime(new Date(made.expires_at), { dateStyle: "long" }) })
    : t("untilDeleted");
  return (
    <div className="card stack" role="status">
      <p>
        <strong>{t("once")}</strong> {t("what", { role: words(`role.${made.role}`), until })}
      </p>
      <CopyField label={t("key")} text={made.key} />
      <p className="quiet">
        {t("how")} <code dir="ltr">Authorization: Bearer …</code>
      </p>
    </div>
  );
}
