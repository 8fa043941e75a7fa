// Refuses a build whose first page loads too much.
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const MOST = 250_000;
const FIRST_PAGE = /\/ProjectsPage\.tsx$/;
const TEXTS = /\/i18n\/[a-z]+\.ts$/;

/** Adds up, packed by gzip, what the list of projects needs: the entry, that page, one language, and what they import. */
export function firstLoad(): Plugin {
  return {
    name: "first-load",
    generateBundle(_, bundle) {
      const size = (name: string): number => {
        const file = bundle[name];
        if (!file) return 0;
        return gzipSync(file.type === "chunk" ? file.code : file.source, { level: 9 }).length;
      };
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const loaded = new Set<string>();
      const load = (name: string) => {
        const chunk = bundle[name];
        if (loaded.has(name) || chunk?.type !== "chunk") return;
        loaded.add(name);
        for (const style of chunk.viteMetadata?.importedCss ?? []) loaded.add(style);
        for (const imported of chunk.imports) load(imported);
      };
      for (const chunk of chunks) {
        if (chunk.isEntry || FIRST_PAGE.test(chunk.facadeModuleId ?? "")) load(chunk.fileName);
      }
      const texts = chunks
        .filter((chunk) => TEXTS.test(chunk.facadeModuleId ?? ""))
        .map((chunk) => size(chunk.fileName));
      const total = [...loaded].reduce((sum, name) => sum + size(name), Math.max(0, ...texts));
      if (total > MOST) this.error(`the first page loads ${total} bytes, packed; ${MOST} are the most`);
    },
  };
}
