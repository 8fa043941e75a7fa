// Why there is no value, as a person says it.
import { useState } from "react";
import { Button, Group, Label, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { type KeyAction, KeyButton, useKeys } from "~/parts/Keys.tsx";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import { MISSING_REASONS } from "~/parts/values.ts";
import type { Said } from "./outbox.ts";
import style from "./ReviewPage.module.css";

export function MissingForm({ onAnswer, onCancel }: { onAnswer: (said: Said) => void; onCancel: () => void }) {
  const t = useTranslations("review.missing");
  const common = useTranslations("common");
  const [note, setNote] = useState("");
  const { leave, saved } = useUnsaved(note !== "");
  const cancel = () => leave(onCancel);
  const actions: KeyAction[] = MISSING_REASONS.map((reason, at) => ({
    letter: String(at + 1),
    label: t(reason),
    act: () => {
      saved();
      onAnswer({ missing_reason: reason, ...(note.trim() && { note }) });
    },
  }));
  useKeys(actions);
  return (
    <Group
      aria-label={t("title")}
      className="stack"
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
      }}
    >
      <strong aria-hidden="true">{t("title")}</strong>
      <div className={style.reasons}>
        {actions.map((action, at) => (
          <KeyButton key={action.letter} action={action} autoFocus={at === 0} />
        ))}
      </div>
      <TextField value={note} onChange={setNote}>
        <Label>{t("note")}</Label>
        <TextArea dir="auto" rows={1} />
      </TextField>
      <div>
        <Button onPress={cancel}>{common("cancel")}</Button>
      </div>
    </Group>
  );
}
