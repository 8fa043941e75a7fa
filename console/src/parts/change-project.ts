// Changes a project as somebody has seen it.
import { useMutation } from "@tanstack/react-query";
import { ChangedMeanwhile, changing } from "~/api/changes.ts";
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import type { Schema } from "~/api/types.ts";
import { schemaChanged } from "./Copilot/queries.ts";

/** Changes the project as it was seen under an ETag. Raises ChangedMeanwhile, with the project as it stands now. */
export function useChangeProject(projectId: string) {
  const path = { project_id: projectId };
  const { queryKey } = api.queryOptions("get", "/v1/projects/{project_id}", { params: { path } });
  return useMutation({
    mutationFn: ({ body, etag }: { body: Schema<"UpdateProjectRequest">; etag: string }) => {
      const params = { path, header: { "If-Match": etag } };
      return changing(
        async () => (await client.PATCH("/v1/projects/{project_id}", { params, body })).data,
        async () => (await client.GET("/v1/projects/{project_id}", { params: { path } })).data,
      );
    },
    onSuccess: (project) => {
      queries.setQueryData(queryKey, project);
      void queries.invalidateQueries({ queryKey: ["post", "/v1/projects/{project_id}/jobs/estimate"] });
      return schemaChanged();
    },
    onError: (error) => {
      if (error instanceof ChangedMeanwhile && error.now) queries.setQueryData(queryKey, error.now);
    },
  });
}
