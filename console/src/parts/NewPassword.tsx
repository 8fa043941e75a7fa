// Two fields for a new password, the second so that a slip is seen.
import { FieldError, Input, Label, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";

const SHORTEST = 8;

export interface NewPassword {
  password: string;
  again: string;
}

export const NO_PASSWORD: NewPassword = { password: "", again: "" };

export function NewPasswordFields({ typed, onChange }: { typed: NewPassword; onChange: (typed: NewPassword) => void }) {
  const t = useTranslations("account.password");
  const isOther = typed.again !== "" && typed.again !== typed.password;
  return (
    <>
      <TextField
        name="new"
        type="password"
        isRequired
        minLength={SHORTEST}
        autoComplete="new-password"
        value={typed.password}
        onChange={(password) => onChange({ ...typed, password })}
      >
        <Label>{t("new")}</Label>
        <Input dir="ltr" />
        <Text slot="description">{t("shortest", { count: SHORTEST })}</Text>
        <FieldError />
      </TextField>
      <TextField
        name="again"
        type="password"
        isRequired
        autoComplete="new-password"
        value={typed.again}
        onChange={(again) => onChange({ ...typed, again })}
        // As it is typed: what moved when the field is left would move the button from under a click.
        isInvalid={isOther}
      >
        <Label>{t("again")}</Label>
        <Input dir="ltr" />
        <FieldError>{isOther ? t("different") : undefined}</FieldError>
      </TextField>
    </>
  );
}
