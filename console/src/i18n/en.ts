// All texts in one language; en.ts also says which texts there are.
import account from "./en/account.json";
import audit from "./en/audit.json";
import common from "./en/common.json";
import copilot from "./en/copilot.json";
import documents from "./en/documents.json";
import exports from "./en/exports.json";
import grid from "./en/grid.json";
import keys from "./en/keys.json";
import links from "./en/links.json";
import people from "./en/people.json";
import projects from "./en/projects.json";
import prompts from "./en/prompts.json";
import quality from "./en/quality.json";
import review from "./en/review.json";
import run from "./en/run.json";
import setup from "./en/setup.json";
import signIn from "./en/signIn.json";
import typed from "./en/typed.json";
import words from "./en/words.json";

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
  typed,
  words,
};
