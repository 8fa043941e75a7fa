// What the co-pilot can suggest for one variable: categories, better instructions.
import { useTranslations } from "use-intl";
import type { Variable } from "../queries.ts";
import { Suggest } from "../Suggest.tsx";
import { suggestCategories, suggestInstructions } from "../suggestions.ts";
import style from "./Variables.module.css";

export function VariableSuggestions({ variable }: { variable: Variable }) {
  const t = useTranslations("setup.suggest");
  return (
    <details className={style.group}>
      <summary>{t("ofVariable")}</summary>
      <div className="stack">
        <p className="quiet">{t("ofVariableAbout")}</p>
        <Suggest
          label={t("instructions")}
          hintLabel={t("instructionsHint")}
          waiting={t("waiting")}
          ask={(hint) => suggestInstructions(variable.id, hint)}
        />
        <Suggest
          label={t("categories")}
          hintLabel={t("categoriesHint")}
          waiting={t("waiting")}
          ask={(hint) => suggestCategories(variable.project_id, variable.id, hint)}
        />
      </div>
    </details>
  );
}
