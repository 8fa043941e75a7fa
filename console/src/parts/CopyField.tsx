// A text to take along, such as a secret that is shown once, with a button that copies it.
import { useRef, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./CopyField.module.css";

export function CopyField({ label, text }: { label: string; text: string }) {
  const t = useTranslations("common");
  const field = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Without TLS browsers let no page write to the clipboard: the text is selected, to be copied by hand.
      setCopied(false);
    }
  };
  return (
    <div className={style.field}>
      <TextField value={text} isReadOnly className={`react-aria-TextField ${style.text}`}>
        <Label>{label}</Label>
        <Input ref={field} dir="ltr" onFocus={(event) => event.currentTarget.select()} />
      </TextField>
      <Button onPress={copy}>{t("copy")}</Button>
      <span role="status">{isCopied && t("copied")}</span>
    </div>
  );
}
