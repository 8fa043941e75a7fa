// Where files and folders are dropped or chosen.
import { useState } from "react";
import { Button, type DropItem, DropZone, FileTrigger, Input, Label, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./DocumentsPage.module.css";
import { isMeant } from "./uploads/plan.ts";

/** `take`: what is done with the files; `textColumn`: of tables, empty to have it guessed. */
export function DropArea({ take }: { take: (files: File[], textColumn: string) => void }) {
  const t = useTranslations("documents.upload");
  const [textColumn, setTextColumn] = useState("");
  const send = (files: File[]) => {
    const meant = files.filter((file) => isMeant(file.name));
    if (meant.length) take(meant, textColumn.trim());
  };
  const choose = (chosen: FileList | null) => send([...(chosen ?? [])]);
  return (
    <div className="stack">
      <DropZone
        aria-label={t("drop")}
        getDropOperation={() => "copy"}
        onDrop={async (event) => send(await filesOf(event.items))}
      >
        <Text slot="label">{t("drop")}</Text>
        <div className="row">
          <FileTrigger allowsMultiple onSelect={choose}>
            <Button className="react-aria-Button primary">{t("chooseFiles")}</Button>
          </FileTrigger>
          <FileTrigger acceptDirectory onSelect={choose}>
            <Button>{t("chooseFolder")}</Button>
          </FileTrigger>
        </div>
        <span className={`quiet ${style.kinds}`}>{t("kinds")}</span>
      </DropZone>
      <details>
        <summary>{t("tables")}</summary>
        <TextField value={textColumn} onChange={setTextColumn} className={`react-aria-TextField ${style.column}`}>
          <Label>{t("textColumn")}</Label>
          <Input dir="auto" />
          <Text slot="description">{t("textColumnWhy")}</Text>
        </TextField>
      </details>
    </div>
  );
}

/** The files that were dropped, and those in the folders that were. */
async function filesOf(items: Iterable<DropItem> | AsyncIterable<DropItem>): Promise<File[]> {
  const files: File[] = [];
  for await (const item of items) {
    if (item.kind === "file") files.push(await item.getFile());
    else if (item.kind === "directory") files.push(...(await filesOf(item.getEntries())));
  }
  return files;
}
