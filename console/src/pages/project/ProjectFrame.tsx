// What all pages of a project have in common: its name, and the ways between its pages.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import style from "./ProjectFrame.module.css";

const route = getRouteApi("/inside/projects/$projectId");

const PAGES = ["setup", "documents", "run", "data", "review", "prompts", "quality", "exports"] as const;

export function ProjectFrame() {
  const t = useTranslations("common");
  const { projectId } = route.useParams();
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  useSeen(projectId);
  return (
    <Loaded query={project}>
      {({ name }) => (
        <div className={style.frame}>
          <div className={style.head}>
            <h1 className={style.name}>
              <bdi>{name}</bdi>
            </h1>
            <nav aria-label={t("project")} className={style.nav}>
              {PAGES.map((page) => (
                <Link key={page} to={`/projects/$projectId/${page}`} params={{ projectId }}>
                  {t(`pages.${page}`)}
                </Link>
              ))}
            </nav>
          </div>
          <Outlet />
        </div>
      )}
    </Loaded>
  );
}

const SEEN_FOR = 60_000;

/** Notes that the person has seen the project, once a minute at most; nobody is told where that fails. */
function useSeen(projectId: string): void {
  useQuery({
    queryKey: ["seen", projectId],
    queryFn: async () => {
      await client.PUT("/v1/projects/{project_id}/seen", { params: { path: { project_id: projectId } } });
      return true;
    },
    staleTime: SEEN_FOR,
    retry: false,
  });
}
