// What applying a template would do, what becomes of names that clash, and the button that does it.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button, Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { schemaChanged } from "~/parts/Copilot/queries.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { tell } from "~/parts/toasts.tsx";

export function ApplyTemplate({
  projectId,
  template,
  done,
}: {
  projectId: string;
  template: Schema<"Template">;
  done: () => void;
}) {
  const t = useTranslations("setup.templates");
  const preview = api.useQuery("get", "/v1/projects/{project_id}/template-preview", {
    params: { path: { project_id: projectId }, query: { template_id: template.id } },
  });
  const [ifTaken, setIfTaken] = useState<Schema<"IfNameTaken"> | null>(null);
  const apply = useMutation({
    mutationFn: async () =>
      client.POST("/v1/projects/{project_id}/apply-template", {
        params: { path: { project_id: projectId } },
        body: { template_id: template.id, ...(ifTaken && { if_name_taken: ifTaken }) },
      }),
    onSuccess: async () => {
      tell({ text: t("applied", { name: template.name }), tone: "good" });
      done();
      await schemaChanged();
    },
  });
  return (
    <Loaded query={preview}>
      {({ taken, added, sets_unit }) => (
        <div className="stack">
          {added.length > 0 && <Names text={t("adds", { count: added.length })} names={added} />}
          <p>{sets_unit ? t("setsUnit") : t("keepsUnit")}</p>
          {taken.length > 0 && (
            <>
              <Names text={t("taken", { count: taken.length })} names={taken} />
              <RadioGroup value={ifTaken} onChange={(one) => setIfTaken(one as Schema<"IfNameTaken">)}>
                <Label>{t("ifTaken")}</Label>
                {(["SKIP", "RENAME"] as const).map((one) => (
                  <Radio key={one} value={one}>
                    <span className="box" aria-hidden="true">
                      {ifTaken === one ? "●" : ""}
                    </span>
                    {t(`ifNameTaken.${one}`)}
                  </Radio>
                ))}
              </RadioGroup>
            </>
          )}
          {apply.error !== null && <ProblemNotice error={apply.error} />}
          <div>
            <Button
              className="react-aria-Button primary"
              isDisabled={apply.isPending || (taken.length > 0 && ifTaken === null)}
              onPress={() => apply.mutate()}
            >
              {t("apply")}
            </Button>
          </div>
        </div>
      )}
    </Loaded>
  );
}

function Names({ text, names }: { text: string; names: readonly string[] }) {
  return (
    <p>
      {text}{" "}
      {names.map((name, at) => (
        <span key={name}>
          {at > 0 && ", "}
          <code dir="ltr">{name}</code>
        </span>
      ))}
    </p>
  );
}
