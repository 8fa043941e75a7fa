// How the console is built: into gateway/assets, which the gateway serves.

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { firstLoad } from "./bundle/first-load.ts";
import { licences } from "./bundle/licences.ts";
import { trusted } from "./bundle/trusted.ts";
import { yaml } from "./bundle/yaml.ts";

export default defineConfig({
  plugins: [react(), yaml(), trusted(), licences(), firstLoad()],
  resolve: { alias: { "~": fileURLToPath(new URL("src", import.meta.url)) } },
  build: {
    outDir: "../gateway/assets",
    emptyOutDir: true,
    // The policy of the page allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
  },
});
