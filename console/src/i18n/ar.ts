// All texts in Arabic.
import { textsOf } from "./texts.ts";

export default textsOf(import.meta.glob("./ar/*.json", { eager: true, import: "default" }));
