// The setup: a guided walk or the schema itself, proposals and templates, with the co-pilot beside it.
import { getRouteApi } from "@tanstack/react-router";
import { Button, Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useProposals } from "~/parts/Copilot/queries.ts";
import { CopilotPanel } from "~/parts/CopilotPanel.tsx";
import { useLocalStore } from "~/parts/local-store.ts";
import { ProposalsView } from "./ProposalsView.tsx";
import { SchemaView } from "./SchemaView.tsx";
import style from "./SetupPage.module.css";
import type { SetupSearch } from "./search.ts";
import { TemplatesView } from "./TemplatesView.tsx";
import { useIsNarrow } from "./useIsNarrow.ts";
import { Walk } from "./walk/Walk.tsx";

const route = getRouteApi("/inside/projects/$projectId/setup");
type View = NonNullable<SetupSearch["view"]>;

export function SetupPage() {
  const t = useTranslations("setup");
  const { projectId } = route.useParams();
  const isNarrow = useIsNarrow();
  const [kept, keep] = useLocalStore("setup.copilot");
  const isBeside = !isNarrow && kept !== "closed";
  return (
    <div className={isBeside ? `${style.page} ${style.withCopilot}` : style.page}>
      <div className={style.main}>
        <div className="row spread">
          <h2 className={style.heading}>{t("title")}</h2>
          {!isNarrow && !isBeside && <Button onPress={() => keep("open")}>{t("openCopilot")}</Button>}
        </div>
        <Views projectId={projectId} isNarrow={isNarrow} />
      </div>
      {isBeside && (
        <aside className={style.aside}>
          <CopilotPanel projectId={projectId} close={() => keep("closed")} />
        </aside>
      )}
    </div>
  );
}

function Views({ projectId, isNarrow }: { projectId: string; isNarrow: boolean }) {
  const t = useTranslations("setup");
  const { view = "walk", variable } = route.useSearch();
  const navigate = route.useNavigate();
  const waiting = useProposals(projectId, "PROPOSED").data?.items.length ?? 0;
  const views: View[] = ["walk", "schema", "proposals", "templates"];
  if (isNarrow) views.push("copilot");
  const shown = views.includes(view) ? view : "walk";
  const open = (one?: string) =>
    void navigate({ search: { view: "schema", ...(one !== undefined && { variable: one }) } });
  return (
    <Tabs selectedKey={shown} onSelectionChange={(key) => void navigate({ search: { view: key as View } })}>
      <TabList aria-label={t("views")} className={`react-aria-TabList ${style.tabs}`}>
        {views.map((one) => (
          <Tab key={one} id={one}>
            {one === "proposals" ? t("view.proposals", { count: waiting }) : t(`view.${one}`)}
          </Tab>
        ))}
      </TabList>
      <TabPanel id="walk">
        <Walk projectId={projectId} />
      </TabPanel>
      <TabPanel id="schema">
        <SchemaView projectId={projectId} opened={variable} open={open} />
      </TabPanel>
      <TabPanel id="proposals">
        <ProposalsView projectId={projectId} />
      </TabPanel>
      <TabPanel id="templates">
        <TemplatesView projectId={projectId} />
      </TabPanel>
      {isNarrow && (
        <TabPanel id="copilot">
          <CopilotPanel projectId={projectId} />
        </TabPanel>
      )}
    </Tabs>
  );
}
