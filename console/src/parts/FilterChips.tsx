// The filters that hold, each of which can be taken away.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { useFilterTexts } from "./filter-texts.ts";
import style from "./GridPage.module.css";

export function FilterChips({
  filters,
  variables,
  change,
}: {
  filters: readonly string[];
  variables: readonly Schema<"Variable">[];
  change: (filters: readonly string[]) => void;
}) {
  const t = useTranslations("grid");
  const texts = useFilterTexts();
  if (filters.length === 0) return null;
  return (
    <ul className={style.chips} aria-label={t("filters")}>
      {filters.map((filter) => {
        const { of, how, value } = texts.parts(filter, variables);
        return (
          <li key={filter} className={style.chip}>
            <span className={style.chipText}>
              <bdi>{of}</bdi> {how} <bdi>{value}</bdi>
            </span>
            <Button
              className={style.remove ?? ""}
              aria-label={t("removeFilter", { filter: `${of} ${how} ${value}` })}
              onPress={() => change(filters.filter((one) => one !== filter))}
            >
              ✕
            </Button>
          </li>
        );
      })}
      <li>
        <Button className="react-aria-Button plain" onPress={() => change([])}>
          {t("clearFilters")}
        </Button>
      </li>
    </ul>
  );
}
