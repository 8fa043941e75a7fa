// On every page: how many verdicts of a review the server has not heard of yet, as it cannot be reached.
import { useTranslations } from "use-intl";
import { Mark } from "~/parts/marks.tsx";
import { isUnsent } from "./outbox.ts";
import { useEntries, useOutbox } from "./sending.ts";

/** That it is shown keeps them being sent, whichever page is open. */
export function Unsent() {
  const t = useTranslations("review.sending");
  const outbox = useOutbox();
  const count = useEntries(outbox).filter(isUnsent).length;
  return outbox?.isWaiting && count > 0 ? <Mark shape="⏸" text={t("unsent", { count })} tone="doubt" /> : null;
}
