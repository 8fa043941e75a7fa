// Several things one after the other, set apart as the language does it.
import { useCallback } from "react";
import { useTranslations } from "use-intl";

/** Joins what there is of the parts. */
export function useList(): (parts: readonly (string | false)[]) => string {
  const comma = useTranslations("common")("comma");
  return useCallback((parts) => parts.filter(Boolean).join(comma), [comma]);
}
