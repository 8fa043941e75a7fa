// What a step lacks, and where to get it.
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { unreadOf } from "~/parts/reading.ts";
import { type Setup, type Step, useFirstDocuments, useVariables } from "../queries.ts";
import style from "../SetupPage.module.css";

export function Needs({ setup, state, go }: { setup: Setup; state: Step; go: (step: Step["step"]) => void }) {
  const t = useTranslations("setup.needs");
  const projectId = setup.project_id;
  const documents = useFirstDocuments(projectId).data;
  const variables = useVariables(projectId).data;
  if (!documents || !variables) return null;
  const waiting = unreadOf(documents);
  const lacksDocuments = (documents.counts.READY ?? 0) === 0;
  const lacksVariables = state.step === "REVIEW" && variables.items.length === 0;
  if (!lacksDocuments && !lacksVariables) return null;
  return (
    <div className={style.needs} role="status">
      {lacksDocuments && (
        <p>
          {waiting > 0 ? t("waiting", { count: waiting }) : t("documents")}{" "}
          <Link
            to="/projects/$projectId/documents"
            params={{ projectId }}
            className={waiting > 0 ? undefined : "link-button"}
          >
            {waiting > 0 ? t("seeDocuments") : t("addDocuments")}
          </Link>
        </p>
      )}
      {lacksVariables && (
        <p>
          {t("variables")}{" "}
          <Button className="react-aria-Button plain" onPress={() => go("VARIABLES")}>
            {t("toVariables")}
          </Button>
        </p>
      )}
    </div>
  );
}
