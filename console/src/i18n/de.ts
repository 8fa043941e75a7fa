// All texts in one language; en.ts also says which texts there are.
import account from "./de/account.json";
import audit from "./de/audit.json";
import common from "./de/common.json";
import copilot from "./de/copilot.json";
import documents from "./de/documents.json";
import exports from "./de/exports.json";
import grid from "./de/grid.json";
import keys from "./de/keys.json";
import links from "./de/links.json";
import people from "./de/people.json";
import projects from "./de/projects.json";
import prompts from "./de/prompts.json";
import quality from "./de/quality.json";
import review from "./de/review.json";
import run from "./de/run.json";
import setup from "./de/setup.json";
import signIn from "./de/signIn.json";
import words from "./de/words.json";

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
