// The projects of the workspace.
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { Loaded } from "~/parts/Loaded.tsx";

export function ProjectsPage() {
  const t = useTranslations("common");
  const projects = api.useQuery("get", "/v1/projects");
  return (
    <>
      <h1>{t("projects")}</h1>
      <Loaded query={projects}>
        {({ items }) => (
          <ul>
            {items.map((one) => (
              <li key={one.id}>
                <Link to="/projects/$projectId" params={{ projectId: one.id }}>
                  <bdi>{one.name}</bdi>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}
