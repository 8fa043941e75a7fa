// A value of which it is not known why there is none.
import { useLocale, useTranslations } from "use-intl";
import { Mark } from "~/parts/marks.tsx";
import { textOf, type Value } from "~/parts/values.ts";

export function PlainValue({ value }: { value: Value }) {
  const t = useTranslations("prompts.refine");
  const common = useTranslations("common");
  const locale = useLocale();
  if (value === null) return <Mark shape="○" text={t("noValue")} tone="quiet" />;
  return <bdi>{textOf(value, locale, { yes: common("yes"), no: common("no") })}</bdi>;
}
