// The prompts of a variable: its versions, what a model is really sent, and better ones made from what reviewers said.
import { getRouteApi, Link } from "@tanstack/react-router";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ExactMessages } from "./ExactMessages.tsx";
import style from "./PromptsPage.module.css";
import { Refinements } from "./Refinements.tsx";
import { Versions } from "./Versions.tsx";

const route = getRouteApi("/inside/projects/$projectId/prompts");

export function PromptsPage() {
  const t = useTranslations("prompts");
  const { projectId } = route.useParams();
  const variables = api.useQuery("get", "/v1/projects/{project_id}/variables", {
    params: { path: { project_id: projectId } },
  });
  return (
    <div className={style.page}>
      <h2 className={style.heading}>{t("title")}</h2>
      <Loaded query={variables}>
        {({ items }) =>
          items.length ? (
            <OfVariables variables={items} projectId={projectId} />
          ) : (
            <p>
              {t("noVariables")}{" "}
              <Link to="/projects/$projectId/setup" params={{ projectId }}>
                {t("toSetup")}
              </Link>
            </p>
          )
        }
      </Loaded>
    </div>
  );
}

function OfVariables({ variables, projectId }: { variables: readonly Schema<"Variable">[]; projectId: string }) {
  const t = useTranslations("prompts");
  const { variable: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const variable = variables.find(({ id, name }) => id === chosen || name === chosen) ?? variables[0];
  if (!variable) return null;
  return (
    <>
      <div className={style.choice}>
        <Choice
          label={t("variable")}
          options={variables.map(({ id, display_name }) => [id, display_name] as const)}
          value={variable.id}
          onChange={(id) => void navigate({ search: { variable: id } })}
        />
        <Link to="/projects/$projectId/setup" params={{ projectId }} search={{ view: "schema", variable: variable.id }}>
          {t("definition")}
        </Link>
      </div>
      {variable.warnings.map((warning) => (
        <p key={warning} className={style.warning} dir="auto" lang="en" role="note">
          <span aria-hidden="true">⚠</span> {warning}
        </p>
      ))}
      <Tabs key={variable.id}>
        <TabList aria-label={t("views")} className={`react-aria-TabList ${style.tabs}`}>
          <Tab id="versions">{t("versions.tab")}</Tab>
          <Tab id="messages">{t("messages.tab")}</Tab>
          <Tab id="refinements">{t("refine.tab")}</Tab>
        </TabList>
        <TabPanel id="versions">
          <Versions variable={variable} />
        </TabPanel>
        <TabPanel id="messages">
          <ExactMessages projectId={projectId} />
        </TabPanel>
        <TabPanel id="refinements">
          <Refinements variable={variable} />
        </TabPanel>
      </Tabs>
    </>
  );
}
