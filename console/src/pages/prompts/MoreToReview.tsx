// Leads to where cells become known.
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

export function MoreToReview({ projectId }: { projectId: string }) {
  const t = useTranslations("prompts.refine");
  return (
    <p className="row">
      <Link to="/projects/$projectId/review" params={{ projectId }} search={{ queue: "repair" }}>
        {t("toReview")}
      </Link>
      <Link to="/projects/$projectId/review" params={{ projectId }} search={{ queue: "measure" }}>
        {t("toMeasure")}
      </Link>
    </p>
  );
}
