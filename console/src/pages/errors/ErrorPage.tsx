// What is shown where a page fails, and where there is none.
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";

export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  return <ProblemNotice error={error} retry={reset} />;
}

export function NotFoundPage() {
  const t = useTranslations("common");
  return (
    <div className="stack">
      <h1>{t("noSuchPage")}</h1>
      <Link to="/">{t("projects")}</Link>
    </div>
  );
}
