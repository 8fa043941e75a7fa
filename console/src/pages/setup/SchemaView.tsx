// The schema without the walk: what the documents and rows are, and all variables.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { schemaChanged } from "~/parts/Copilot/queries.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { Findings } from "./Findings.tsx";
import { ProjectForm } from "./ProjectForm.tsx";
import { useProject, useVariables, type Variable } from "./queries.ts";
import style from "./SetupPage.module.css";
import { Suggest } from "./Suggest.tsx";
import { reviewSchema, suggestUnit, suggestVariables } from "./suggestions.ts";
import { EditVariable } from "./variables/EditVariable.tsx";
import { NewVariable } from "./variables/NewVariable.tsx";
import { VariableDetails } from "./variables/VariableDetails.tsx";
import { VariableList } from "./variables/VariableList.tsx";

/** `opened`: the id of the variable that is edited, "new", or nothing. */
export function SchemaView({
  projectId,
  opened,
  open,
}: {
  projectId: string;
  opened: string | undefined;
  open: (variable?: string) => void;
}) {
  const variables = useVariables(projectId);
  return (
    <Loaded query={variables}>
      {({ items }) =>
        opened ? (
          <Opened projectId={projectId} variables={items} opened={opened} close={() => open()} />
        ) : (
          <Overview projectId={projectId} variables={items} open={open} />
        )
      }
    </Loaded>
  );
}

function Opened({
  projectId,
  variables,
  opened,
  close,
}: {
  projectId: string;
  variables: readonly Variable[];
  opened: string;
  close: () => void;
}) {
  const t = useTranslations("setup.variables");
  const { mayEdit } = useRights();
  const variable = variables.find(({ id }) => id === opened);
  return (
    <div className="stack">
      <div>
        <Button className="react-aria-Button plain" onPress={close}>
          <span aria-hidden="true" className={style.back}>
            ‹
          </span>
          {t("back")}
        </Button>
      </div>
      {opened === "new" && mayEdit ? (
        <NewVariable projectId={projectId} variables={variables} close={close} />
      ) : variable ? (
        mayEdit ? (
          <EditVariable key={variable.id} variable={variable} variables={variables} close={close} />
        ) : (
          <VariableDetails variable={variable} />
        )
      ) : (
        <p>{t("gone")}</p>
      )}
    </div>
  );
}

function Overview({
  projectId,
  variables,
  open,
}: {
  projectId: string;
  variables: readonly Variable[];
  open: (variable?: string) => void;
}) {
  const t = useTranslations("setup");
  const { mayEdit } = useRights();
  const project = useProject(projectId);
  return (
    <div className={style.sections}>
      <section className="stack" aria-labelledby="variables">
        <div className="row spread">
          <h3 id="variables">{t("variables.title", { count: variables.length })}</h3>
          {mayEdit && (
            <Button className="react-aria-Button primary" onPress={() => open("new")}>
              {t("variables.add")}
            </Button>
          )}
        </div>
        <VariableList projectId={projectId} variables={variables} open={open} />
      </section>
      {mayEdit && <Suggestions projectId={projectId} hasVariables={variables.length > 0} />}
      <section className="stack" aria-labelledby="context">
        <h3 id="context">{t("contextAndUnit")}</h3>
        <Loaded query={project}>{(found) => <ProjectForm key={found.id} project={found} />}</Loaded>
      </section>
    </div>
  );
}

function Suggestions({ projectId, hasVariables }: { projectId: string; hasVariables: boolean }) {
  const t = useTranslations("setup.suggest");
  const [findings, setFindings] = useState<readonly Schema<"SchemaFinding">[] | null>(null);
  const review = async () => {
    const found = await reviewSchema(projectId);
    setFindings(found?.items ?? []);
    void schemaChanged();
    return { proposals: found?.proposals ?? [], leftOut: found?.left_out ?? [] };
  };
  return (
    <section className="stack" aria-labelledby="suggestions">
      <h3 id="suggestions">{t("title")}</h3>
      <p className="quiet">{t("about")}</p>
      <Suggest
        label={t("variables")}
        hintLabel={t("variablesHint")}
        waiting={t("waiting")}
        ask={(hint) => suggestVariables(projectId, hint)}
      />
      <Suggest
        label={t("unit")}
        hintLabel={t("unitHint")}
        waiting={t("waiting")}
        ask={(hint) => suggestUnit(projectId, hint)}
      />
      {hasVariables && <Suggest label={t("review")} waiting={t("waiting")} ask={review} />}
      {findings && <Findings findings={findings} projectId={projectId} />}
    </section>
  );
}
