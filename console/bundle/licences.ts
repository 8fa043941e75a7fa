// Collects the licences of the packages that are bundled, and refuses those that are not permissive.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const ALLOWED = new Set(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Unlicense"]);

interface Package {
  name: string;
  version: string;
  license: string;
  folder: string;
}

function packageOf(module: string): Package | undefined {
  const start = module.lastIndexOf("/node_modules/");
  if (start < 0) return undefined;
  for (let folder = dirname(module); folder.length > start; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const read = JSON.parse(readFileSync(file, "utf8")) as Partial<Package>;
    if (read.name && read.version)
      return { name: read.name, version: read.version, license: read.license ?? "", folder };
  }
  return undefined;
}

function textOf({ folder, license }: Package): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  return file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
}

/** Writes licences.txt beside the bundle: name, version and licence text of every package in it. */
export function licences(): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const found = new Map<string, Package>();
      for (const id of this.getModuleIds()) {
        const one = packageOf(id.replace(/^\0/, "").split("?")[0] ?? "");
        if (one) found.set(one.name, one);
      }
      const refused = [...found.values()].filter((one) => !ALLOWED.has(one.license));
      if (refused.length)
        this.error(refused.map((one) => `${one.name} is licensed ${one.license || "nothing"}`).join(", "));
      const sorted = [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
      const source = sorted.map((one) => `${one.name} ${one.version}\n\n${textOf(one)}\n`).join("\n---\n\n");
      this.emitFile({ type: "asset", fileName: "licences.txt", source });
    },
  };
}
