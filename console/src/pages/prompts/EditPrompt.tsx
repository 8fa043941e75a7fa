// Writes a new version of a prompt, beginning with an earlier one, or has it generated anew.
import { type FormEvent, useState } from "react";
import { Button, Input, Label, NumberField, Text, TextArea, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Confirm } from "~/parts/Confirm.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import { useUnsaved } from "~/parts/Unsaved.tsx";
import style from "./PromptsPage.module.css";
import { useNewVersion } from "./queries.ts";

export function EditPrompt({
  version,
  variableId,
  close,
}: {
  version: Schema<"PromptVersion">;
  variableId: string;
  close: () => void;
}) {
  const t = useTranslations("prompts.edit");
  const common = useTranslations("common");
  const [text, setText] = useState(version.text);
  const [temperature, setTemperature] = useState(version.temperature);
  const make = useNewVersion(variableId);
  const isSame = text === version.text && temperature === version.temperature;
  const { leave, saved } = useUnsaved(!isSame);
  const made = {
    onSuccess: (prompt: Schema<"PromptVersion"> | undefined) => {
      if (prompt) tell({ text: t("made", { number: prompt.version }), tone: "good" });
      saved();
      close();
    },
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate({ text, temperature, max_tokens: version.max_tokens }, made);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <TextField value={text} onChange={setText} autoFocus>
        <Label>{t("text")}</Label>
        <TextArea dir="auto" rows={10} maxLength={50_000} className={`react-aria-TextArea ${style.promptInput}`} />
        <Text slot="description">{t("about")}</Text>
      </TextField>
      <NumberField
        value={temperature}
        minValue={0}
        maxValue={2}
        step={0.05}
        onChange={(typed) => setTemperature(Number.isNaN(typed) ? version.temperature : typed)}
        className={`react-aria-NumberField ${style.narrow}`}
      >
        <Label>{t("temperature")}</Label>
        <Input />
      </NumberField>
      {make.error !== null && <ProblemNotice error={make.error} />}
      <div className="row">
        <Button
          type="submit"
          className="react-aria-Button primary"
          isDisabled={make.isPending || isSame || text.trim() === ""}
        >
          {t("save")}
        </Button>
        <Confirm
          trigger={<Button>{t("generate")}</Button>}
          title={t("generate")}
          label={t("generate")}
          act={() => make.mutate({}, made)}
        >
          {t("generateAbout")}
        </Confirm>
        <Button className="react-aria-Button plain" onPress={() => leave(close)}>
          {common("cancel")}
        </Button>
      </div>
    </form>
  );
}
