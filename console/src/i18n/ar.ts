// All texts in one language; en.ts also says which texts there are.
import account from "./ar/account.json";
import audit from "./ar/audit.json";
import common from "./ar/common.json";
import copilot from "./ar/copilot.json";
import documents from "./ar/documents.json";
import exports from "./ar/exports.json";
import grid from "./ar/grid.json";
import keys from "./ar/keys.json";
import links from "./ar/links.json";
import people from "./ar/people.json";
import projects from "./ar/projects.json";
import prompts from "./ar/prompts.json";
import quality from "./ar/quality.json";
import review from "./ar/review.json";
import run from "./ar/run.json";
import setup from "./ar/setup.json";
import signIn from "./ar/signIn.json";
import words from "./ar/words.json";

export default {
  account,
  audit,
  common,
  copilot,
  documents,
  exports,
  grid,
  keys,
  links,
  people,
  projects,
  prompts,
  quality,
  review,
  run,
  setup,
  signIn,
  words,
};
