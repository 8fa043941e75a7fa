// What is shown where a page fails, and where there is none.
import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { useTitle } from "~/parts/title.ts";

export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  return <ProblemNotice error={error} retry={reset} />;
}

export function NotFoundPage() {
  const t = useTranslations("common");
  useTitle(t("noSuchPage"));
  // Within a project, whose name is the heading of the page.
  const Heading = useParams({ strict: false }).projectId ? "h2" : "h1";
  return (
    <div className="stack">
      <Heading>{t("noSuchPage")}</Heading>
      <Link to="/">{t("projects")}</Link>
    </div>
  );
}
