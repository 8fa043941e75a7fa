// Says that a project has no data yet, with the way to get some.
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

export function NothingCoded({ projectId }: { projectId: string }) {
  const t = useTranslations("grid");
  return (
    <div className="card stack" role="status">
      <p>{t("nothingYet")}</p>
      <Link to="/projects/$projectId/run" params={{ projectId }}>
        {t("toRun")}
      </Link>
    </div>
  );
}
