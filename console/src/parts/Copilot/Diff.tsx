// A unified diff, line by line: what goes and what comes, by sign, word and colour.
import { useTranslations } from "use-intl";
import style from "./Copilot.module.css";
import { type DiffLine, linesOf } from "./diffs.ts";

export function Diff({ diff, label }: { diff: string; label: string }) {
  const t = useTranslations("copilot.diff");
  const lines = linesOf(diff);
  if (lines.length === 0) return <p className="quiet">{t("same")}</p>;
  return (
    <section className={style.diff} aria-label={label} dir="ltr" tabIndex={-1}>
      {lines.map(({ kind, text }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name but their place
        <div key={at} className={style[kind]} dir="auto">
          {SIGNS[kind] !== "" && (
            <span className={style.sign}>
              <span aria-hidden="true">{SIGNS[kind]}</span>
              <span className="spoken">{kind === "added" ? t("added") : t("removed")}</span>
            </span>
          )}
          <span>{text || " "}</span>
        </div>
      ))}
    </section>
  );
}

const SIGNS: Record<DiffLine["kind"], string> = { added: "+", removed: "−", same: "", part: "" };
