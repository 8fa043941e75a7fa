// Writes the types of the API's OpenAPI document: node checks/types.mjs openapi.json schema.d.ts
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const BLOB = ts.factory.createTypeReferenceNode("Blob");
const [source, target] = process.argv.slice(2);
const types = await openapiTS(JSON.parse(await readFile(source, "utf8")), {
  // Files are sent as Blob or File, which JSON Schema has no word for.
  transform: (schema) => (schema.format === "binary" ? BLOB : undefined),
});
await writeFile(target, astToString(types));
