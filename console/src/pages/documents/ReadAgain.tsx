// Has a document read again: whole, or a table by another column; what would be lost by that is told before.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Input, Label, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { client } from "~/api/client.ts";
import { isProblem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";
import style from "./DocumentsPage.module.css";
import { mayBeTable } from "./uploads/plan.ts";

interface Wish {
  whole: boolean;
  text_column: string;
  replace: boolean;
}

export function ReadAgain({ document }: { document: Schema<"Document"> }) {
  const t = useTranslations("documents");
  const common = useTranslations("common");
  const [column, setColumn] = useState(document.text_column);
  const cache = useQueryClient();
  const reread = useMutation({
    mutationFn: (body: Wish) =>
      client.POST("/v1/documents/{document_id}/reread", { params: { path: { document_id: document.id } }, body }),
    onSuccess: async () => {
      tell({ text: t("beingReread") });
      await cache.invalidateQueries({
        predicate: ({ queryKey: [, path] }) => typeof path === "string" && path.includes("/documents"),
      });
    },
  });
  const wouldLose = isProblem(reread.error) && reread.error.code === "codings_would_be_lost";
  const wish = (whole: boolean) => reread.mutate({ whole, text_column: column.trim(), replace: false });
  const isTable = document.text_column !== "" || (document.status === "FAILED" && mayBeTable(document.name));
  return (
    <div className="stack">
      {isTable && (
        <TextField value={column} onChange={setColumn}>
          <Label>{t("otherColumn")}</Label>
          <Input dir="auto" />
          <Text slot="description">{t("otherColumnWhy")}</Text>
        </TextField>
      )}
      {reread.error !== null && <ProblemNotice error={reread.error} />}
      <div className="row">
        {wouldLose ? (
          <>
            <Button
              className="react-aria-Button danger"
              onPress={() => reread.variables && reread.mutate({ ...reread.variables, replace: true })}
            >
              {t("rereadAnyway")}
            </Button>
            <Button onPress={() => reread.reset()}>{common("cancel")}</Button>
          </>
        ) : (
          <Button isPending={reread.isPending} onPress={() => wish(!isTable)}>
            {isTable ? t("rereadByColumn") : t("rereadWhole")}
          </Button>
        )}
      </div>
      {!isTable && <p className={`quiet ${style.summary}`}>{t("rereadWhy")}</p>}
    </div>
  );
}
