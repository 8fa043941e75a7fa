// Reads YAML files as modules: the example's project file, as `coderai run` takes it.
import type { Plugin } from "vite";
import { parse } from "yaml";

export function yaml(): Plugin {
  return {
    name: "yaml",
    transform(code, id) {
      if (!id.endsWith(".yaml")) return undefined;
      return { code: `export default ${JSON.stringify(parse(code))};`, map: null };
    },
  };
}
