// All texts in German.
import { textsOf } from "./texts.ts";

export default textsOf(import.meta.glob("./de/*.json", { eager: true, import: "default" }));
