// Which rows are exported, where they came filtered from the grid: in words, how many, and without the filter again.
import { getRouteApi } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { FilterChips } from "~/parts/FilterChips.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";

const route = getRouteApi("/inside/projects/$projectId/exports");

/** `isOfJob`: whether the rows of a run are wanted, which have no filter. */
export function ChosenRows({
  projectId,
  filter,
  isOfJob,
}: {
  projectId: string;
  filter: readonly string[];
  isOfJob: boolean;
}) {
  const t = useTranslations("exports");
  const navigate = route.useNavigate();
  const path = { project_id: projectId };
  const variables = api.useQuery("get", "/v1/projects/{project_id}/variables", { params: { path } });
  const query = { filter: [...filter], page_size: 1 };
  const rows = api.useQuery("get", "/v1/projects/{project_id}/dataset/rows", { params: { path, query } });
  if (isOfJob) return <p role="status">{t("noFilterOfJob")}</p>;
  return (
    <section className="stack" aria-labelledby="chosen-rows">
      <h3 id="chosen-rows">{t("onlyTheseRows")}</h3>
      <FilterChips
        filters={filter}
        variables={variables.data?.items ?? []}
        change={(left) => void navigate({ search: left.length > 0 ? { filter: [...left] } : {} })}
      />
      {rows.error !== null && <ProblemNotice error={rows.error} retry={() => void rows.refetch()} />}
      {rows.data && (
        <p role="status" className="quiet">
          {t("rows", { count: rows.data.total })}
        </p>
      )}
    </section>
  );
}
