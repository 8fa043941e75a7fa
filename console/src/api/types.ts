// Short names for what the API's schemas are called.
import type { components } from "./schema";

/** A schema of the OpenAPI document by its name: `Schema<"Project">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
