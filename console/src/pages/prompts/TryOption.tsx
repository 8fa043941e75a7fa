// What trying an option would take, told before it is tried.
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { durationOf, moneyOf } from "~/pages/run/amounts.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import style from "./PromptsPage.module.css";
import { useTrialEstimate } from "./queries.ts";

export function TryOption({
  refinementId,
  option,
  begin,
  cancel,
}: {
  refinementId: string;
  option: number;
  begin: () => void;
  cancel: () => void;
}) {
  const t = useTranslations("prompts.trial");
  const common = useTranslations("common");
  const format = useFormatter();
  const locale = useLocale();
  const estimate = useTrialEstimate(refinementId, option, true);
  return (
    <div className={style.estimate}>
      <Loaded query={estimate} what={t("estimating")}>
        {({ documents, calls, tokens_in, tokens_out, cost, currency, seconds, model }) => (
          <>
            <p>
              {t("documents", { count: documents })}{" "}
              {t("calls", { count: calls, tokens: format.number(tokens_in + tokens_out) })}{" "}
              {cost === null
                ? t("noPrice")
                : cost === 0
                  ? t("free")
                  : t("cost", { cost: moneyOf(cost, currency || "USD", locale) })}{" "}
              {seconds !== null && t("time", { time: durationOf(seconds, locale) })}
            </p>
            <p className="quiet">{t.rich("model", { model: () => <bdi>{model}</bdi> })}</p>
            <div className="row">
              <Button className="react-aria-Button primary" onPress={begin}>
                {t("begin")}
              </Button>
              <Button onPress={cancel}>{common("cancel")}</Button>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}
