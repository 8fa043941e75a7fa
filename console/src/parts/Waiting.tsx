// What is shown while something is waited for; it never spins for ever without a word.
import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";

const LONG = 10_000;

/** `what`: what is waited for, as a text; `retry`: offered when it takes long. */
export function Waiting({ what, retry }: { what?: string; retry?: () => void }) {
  const t = useTranslations("common");
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setIsLong(true), LONG);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="stack quiet">
      <span>{isLong ? t("takesLong") : (what ?? t("loading"))}</span>
      {isLong && (
        <div>
          <Button onPress={retry ?? (() => window.location.reload())}>{t("tryAgain")}</Button>
        </div>
      )}
    </div>
  );
}
