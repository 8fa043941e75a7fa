// Whether the server has heard of everything that was said; how to take a refused verdict further.

import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { isUnsent, type Outbox } from "./outbox.ts";
import style from "./ReviewPage.module.css";
import { useEntries, useLeaveWarning } from "./sending.ts";

/** The state of the queue of verdicts, announced when it changes between sent and waiting. */
export function Sending({ outbox }: { outbox: Outbox }) {
  const t = useTranslations("review.sending");
  const entries = useEntries(outbox);
  useLeaveWarning(entries);
  const count = entries.filter(isUnsent).length;
  const isWaiting = outbox.isWaiting && count > 0;
  return (
    <div className={`row ${style.sending}`}>
      <span role="status" className={isWaiting ? style.waiting : "quiet"}>
        <span aria-hidden="true">{isWaiting ? "⏸ " : count > 0 ? "↑ " : "✓ "}</span>
        {isWaiting ? t("waiting", { count }) : count > 0 ? t("sending", { count }) : t("sent")}
      </span>
      {isWaiting && <Button onPress={() => void outbox.send()}>{t("now")}</Button>}
      {!outbox.isSafe && <span className="field-error">{t("unsafe")}</span>}
    </div>
  );
}

/** For other pages: says only what is not sent yet. */
export function Unsent({ outbox }: { outbox: Outbox }) {
  const t = useTranslations("review.sending");
  const format = useFormatter();
  const count = useEntries(outbox).filter(isUnsent).length;
  return (
    <span role="status" className={style.waiting} title={count ? t("waiting", { count }) : undefined}>
      {count > 0 && outbox.isWaiting ? `⏸ ${format.number(count)} ${t("unsent")}` : ""}
    </span>
  );
}
