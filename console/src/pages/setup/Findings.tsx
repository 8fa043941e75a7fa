// What the schema's review finds: how grave it is, what it is about, the words that show it.
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Quotes } from "~/parts/Copilot/Quotes.tsx";
import { Mark } from "~/parts/marks.tsx";
import style from "./SetupPage.module.css";

const SEVERITIES = { NOTE: ["·", "quiet"], WARNING: ["⚠", "doubt"], ERROR: ["✕", "bad"] } as const;

export function Findings({ findings, projectId }: { findings: readonly Schema<"SchemaFinding">[]; projectId: string }) {
  const t = useTranslations("setup.findings");
  if (findings.length === 0) return <p role="status">{t("none")}</p>;
  return (
    <ul className={style.findings} aria-label={t("title")}>
      {findings.map((finding) => {
        const [shape, tone] = SEVERITIES[finding.severity];
        return (
          <li key={`${finding.kind} ${finding.variables.join()} ${finding.message}`}>
            <div className="row">
              <Mark shape={shape} text={t(`severity.${finding.severity}`)} tone={tone} />
              <span>{t(`kind.${finding.kind}`)}</span>
              {finding.variables.map((name) => (
                <code key={name} dir="ltr">
                  {name}
                </code>
              ))}
            </div>
            <p dir="auto">{finding.message}</p>
            <Quotes quotes={finding.quotes} projectId={projectId} most={1} />
          </li>
        );
      })}
    </ul>
  );
}
