// What bundle/yaml.ts makes of a project file.
declare module "*.yaml" {
  import type { Schema } from "~/api/types.ts";

  const project: Schema<"CreateProjectRequest"> & {
    sample_size: number;
    truth: string;
    variables: Schema<"CreateVariableRequest">[];
  };
  export default project;
}
