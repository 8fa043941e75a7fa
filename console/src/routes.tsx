// Which address shows which page; each page is loaded when it is first opened.
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { api } from "./api/client.ts";
import { isProblem } from "./api/problem.ts";
import { queries } from "./api/queries.ts";
import { sessionQuery } from "./api/session.ts";
import { auditSearch } from "./pages/audit/search.ts";
import { ErrorPage, NotFoundPage } from "./pages/errors/ErrorPage.tsx";
import { setupSearch } from "./pages/setup/search.ts";
import { Shell } from "./parts/Shell.tsx";
import { Waiting } from "./parts/Waiting.tsx";

const root = createRootRouteWithContext()({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === "string" && /^\/(?![/\\])/.test(search.to) ? { to: search.to } : {},
  component: lazyRouteComponent(() => import("./pages/sign-in/SignInPage.tsx"), "SignInPage"),
});

/** All pages that need somebody who is signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(sessionQuery);
    } catch (error) {
      if (isProblem(error) && error.status === 401) throw redirect({ to: "/sign-in", search: { to: location.href } });
      throw error;
    }
  },
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectsPage.tsx"), "ProjectsPage"),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: "/projects/$projectId",
  component: lazyRouteComponent(() => import("./pages/project/ProjectFrame.tsx"), "ProjectFrame"),
});

const overview = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/projects/$projectId/documents", params });
  },
});

/** What of the setup is shown; `variable`: the one that is edited, or "new". */
const setup = createRoute({
  getParentRoute: () => project,
  path: "setup",
  validateSearch: setupSearch,
  component: lazyRouteComponent(() => import("./pages/setup/SetupPage.tsx"), "SetupPage"),
});

const documents = createRoute({
  getParentRoute: () => project,
  path: "documents",
  component: lazyRouteComponent(() => import("./pages/documents/DocumentsPage.tsx"), "DocumentsPage"),
});

/** A passage that is shown, as the API counts characters; none where the numbers are not of a passage. */
export interface PassageSearch {
  start?: number;
  end?: number;
}

function passageSearch({ start, end }: Record<string, unknown>): PassageSearch {
  const isPassage =
    Number.isInteger(start) && Number.isInteger(end) && Number(start) >= 0 && Number(start) < Number(end);
  return isPassage ? { start: Number(start), end: Number(end) } : {};
}

const document = createRoute({
  getParentRoute: () => project,
  path: "documents/$documentId",
  validateSearch: passageSearch,
  component: lazyRouteComponent(() => import("./pages/documents/DocumentPage.tsx"), "DocumentPage"),
});

/** Which run is shown; `sample`: how many documents a sample begins with. */
export interface RunSearch {
  job?: string;
  sample?: number;
}

const run = createRoute({
  getParentRoute: () => project,
  path: "run",
  validateSearch: ({ job, sample }: Record<string, unknown>): RunSearch => ({
    ...(typeof job === "string" && { job }),
    ...(Number.isInteger(sample) && Number(sample) > 0 && { sample: Number(sample) }),
  }),
  component: lazyRouteComponent(() => import("./pages/run/RunPage.tsx"), "RunPage"),
});

/** Which rows of the dataset: as ListDatasetRowsRequest has it. */
export interface RowsSearch {
  filter?: string[];
}

function rowsSearch({ filter }: Record<string, unknown>): RowsSearch {
  return Array.isArray(filter) ? { filter: filter.filter((one) => typeof one === "string") } : {};
}

/** What of the dataset is shown. */
export interface GridSearch extends RowsSearch {
  sort?: string;
  view?: string;
}

const data = createRoute({
  getParentRoute: () => project,
  path: "data",
  validateSearch: ({ sort, view, ...rest }: Record<string, unknown>): GridSearch => ({
    ...rowsSearch(rest),
    ...(typeof sort === "string" && { sort }),
    ...(typeof view === "string" && { view }),
  }),
  // What the page begins with is asked for while the page itself is loaded.
  loader: ({ params: { projectId } }) => {
    const params = { path: { project_id: projectId } };
    void queries.prefetchQuery(api.queryOptions("get", "/v1/projects/{project_id}", { params }));
    void queries.prefetchQuery(api.queryOptions("get", "/v1/projects/{project_id}/variables", { params }));
  },
  component: lazyRouteComponent(() => import("./pages/grid/GridPage.tsx"), "GridPage"),
});

const review = createRoute({
  getParentRoute: () => project,
  path: "review",
  validateSearch: ({ queue }: Record<string, unknown>): { queue?: "repair" | "measure" } =>
    queue === "repair" || queue === "measure" ? { queue } : {},
  component: lazyRouteComponent(() => import("./pages/review/ReviewPage.tsx"), "ReviewPage"),
});

const prompts = createRoute({
  getParentRoute: () => project,
  path: "prompts",
  validateSearch: ({ variable }: Record<string, unknown>): { variable?: string } =>
    typeof variable === "string" ? { variable } : {},
  component: lazyRouteComponent(() => import("./pages/prompts/PromptsPage.tsx"), "PromptsPage"),
});

const quality = createRoute({
  getParentRoute: () => project,
  path: "quality",
  component: lazyRouteComponent(() => import("./pages/quality/QualityPage.tsx"), "QualityPage"),
});

const exports = createRoute({
  getParentRoute: () => project,
  path: "exports",
  validateSearch: rowsSearch,
  component: lazyRouteComponent(() => import("./pages/exports/ExportsPage.tsx"), "ExportsPage"),
});

const people = createRoute({
  getParentRoute: () => inside,
  path: "/people",
  component: lazyRouteComponent(() => import("./pages/people/PeoplePage.tsx"), "PeoplePage"),
});

/** Which entries of the list of who did what are shown. */
const audit = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/audit/AuditPage.tsx"), "AuditPage"),
});

const keys = createRoute({
  getParentRoute: () => inside,
  path: "/keys",
  component: lazyRouteComponent(() => import("./pages/keys/KeysPage.tsx"), "KeysPage"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/account/AccountPage.tsx"), "AccountPage"),
});

/** Whoever is invited may have no account yet. */
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("./pages/people/InvitationPage.tsx"), "InvitationPage"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("./pages/links/VerifyEmailPage.tsx"), "VerifyEmailPage"),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("./pages/links/ResetPasswordPage.tsx"), "ResetPasswordPage"),
});

const ofProject = [overview, setup, documents, document, run, data, review, prompts, quality, exports];
const ofWorkspace = [projects, project.addChildren(ofProject), people, audit, keys, account];

export const router = createRouter({
  routeTree: root.addChildren([signIn, invitation, verifyEmail, resetPassword, inside.addChildren(ofWorkspace)]),
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
  defaultPendingComponent: Waiting,
  defaultPendingMs: 300,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
