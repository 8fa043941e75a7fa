// The projects of the workspace: what goes on in each; makes new ones and the example.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { useRights } from "~/api/session.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { useTitle } from "~/parts/title.ts";
import { NewProject } from "./NewProject.tsx";
import { ProjectRows } from "./ProjectRows.tsx";
import style from "./ProjectsPage.module.css";
import { TryExample, useExample } from "./TryExample.tsx";

const PAGE = 100;

export function ProjectsPage() {
  const t = useTranslations("projects");
  const common = useTranslations("common");
  const { mayEdit } = useRights();
  const projects = useProjects();
  const example = useExample();
  useTitle(common("projects"));
  return (
    <div className={`stack ${style.page}`}>
      <h1>{common("projects")}</h1>
      <Loaded query={projects}>
        {({ pages }) => {
          if (!pages[0]?.items.length) return <Nothing example={example} />;
          return (
            <>
              {mayEdit && (
                <div className={`row spread ${style.tools}`}>
                  <NewProject />
                  <TryExample example={example} isMain={false} />
                </div>
              )}
              <Scroll label={common("projects")}>
                <table className={style.table}>
                  <thead>
                    <tr>
                      <th scope="col">{t("name")}</th>
                      <th scope="col">{t("state")}</th>
                      <th scope="col" className="number">
                        {t("documents")}
                      </th>
                      <th scope="col" className="number">
                        {t("rows")}
                      </th>
                      <th scope="col" className="number">
                        {t("reviewed")}
                      </th>
                      <th scope="col" className="number">
                        {t("spend")}
                      </th>
                      <th scope="col">{t("seen")}</th>
                      {mayEdit && (
                        <th scope="col">
                          <span className="spoken">{t("deeds")}</span>
                        </th>
                      )}
                    </tr>
                  </thead>
                  {pages.map(({ items }) => (
                    <ProjectRows key={items[0]?.id ?? ""} projects={items} />
                  ))}
                </table>
              </Scroll>
              {projects.hasNextPage && (
                <div>
                  <Button isPending={projects.isFetchingNextPage} onPress={() => void projects.fetchNextPage()}>
                    {common("more")}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

/** The projects, more of them as they are asked for. */
function useProjects() {
  return api.useInfiniteQuery(
    "get",
    "/v1/projects",
    { params: { query: { page_size: PAGE } } },
    {
      pageParamName: "page_token",
      initialPageParam: "",
      getNextPageParam: (last: { next_page_token: string }) => last.next_page_token || undefined,
    },
  );
}

function Nothing({ example }: { example: ReturnType<typeof useExample> }) {
  const t = useTranslations("projects");
  const { mayEdit } = useRights();
  if (!mayEdit) return <p className="quiet">{t("emptyForViewers")}</p>;
  return (
    <div className={style.empty}>
      <section className="card stack" aria-labelledby="begin">
        <h2 id="begin">{t("begin")}</h2>
        <p>{t("beginText")}</p>
        <NewProject />
      </section>
      <section className="card stack" aria-labelledby="example">
        <h2 id="example">{t("example.title")}</h2>
        <p>{t("example.text")}</p>
        <TryExample example={example} isMain />
      </section>
    </div>
  );
}
