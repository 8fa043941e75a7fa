// What of the co-pilot's answer was left out, and why.
import { useTranslations } from "use-intl";

export function LeftOut({ texts }: { texts: readonly string[] }) {
  const t = useTranslations("copilot");
  if (texts.length === 0) return null;
  return (
    <details>
      <summary>{t("leftOut", { count: texts.length })}</summary>
      <ul>
        {texts.map((text) => (
          <li key={text} dir="auto">
            {text}
          </li>
        ))}
      </ul>
    </details>
  );
}
