// The filters that hold; where they can be changed, each can be taken away.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import style from "./FilterChips.module.css";
import { useFilterTexts } from "./filter-texts.ts";

export function FilterChips({
  filters,
  variables,
  change,
}: {
  filters: readonly string[];
  variables: readonly Schema<"Variable">[];
  change?: (filters: readonly string[]) => void;
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
            {change && (
              <Button
                className={style.remove ?? ""}
                aria-label={t("removeFilter", { filter: `${of} ${how} ${value}` })}
                onPress={() => change(filters.filter((one) => one !== filter))}
              >
                ✕
              </Button>
            )}
          </li>
        );
      })}
      {change && (
        <li>
          <Button className="react-aria-Button plain" onPress={() => change([])}>
            {t("clearFilters")}
          </Button>
        </li>
      )}
    </ul>
  );
}
