// What all pages of a project have in common: its name, and the ways between its pages.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useChildMatches } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { isProblem } from "~/api/problem.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { useTitle } from "~/parts/title.ts";
import style from "./ProjectFrame.module.css";

const route = getRouteApi("/inside/projects/$projectId");

const PAGES = ["setup", "documents", "run", "data", "review", "prompts", "quality", "exports"] as const;

export function ProjectFrame() {
  const { projectId } = route.useParams();
  const project = api.useQuery("get", "/v1/projects/{project_id}", { params: { path: { project_id: projectId } } });
  useSeen(projectId);
  return (
    <>
      {project.data === undefined && project.error !== null && <NoProject error={project.error} />}
      <Loaded query={project}>{({ name }) => <Frame projectId={projectId} name={name} />}</Loaded>
    </>
  );
}

/** What stands above the notice that says why the project is not shown. */
function NoProject({ error }: { error: unknown }) {
  const t = useTranslations("common");
  const title = isProblem(error) && error.status === 404 ? t("noSuchProject") : t("project");
  useTitle(title);
  return (
    <>
      <h1>{title}</h1>
      <p>
        <Link to="/">{t("projects")}</Link>
      </p>
    </>
  );
}

function Frame({ projectId, name }: { projectId: string; name: string }) {
  const t = useTranslations("common");
  const page = usePage();
  useTitle(...(page ? [t(`pages.${page}`), name] : []));
  return (
    <div className={style.frame}>
      <div className={style.head}>
        <h1 className={style.name}>
          <bdi>{name}</bdi>
        </h1>
        <nav aria-label={t("project")} className={style.nav}>
          {PAGES.map((one) => (
            <Link key={one} to={`/projects/$projectId/${one}`} params={{ projectId }}>
              {t(`pages.${one}`)}
            </Link>
          ))}
        </nav>
      </div>
      <Outlet />
    </div>
  );
}

/** The page of the project that is open; a document has a title of its own. */
function usePage(): (typeof PAGES)[number] | undefined {
  const open = useChildMatches({ select: (matches) => matches.at(-1)?.fullPath });
  return PAGES.find((page) => open === `/projects/$projectId/${page}`);
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
