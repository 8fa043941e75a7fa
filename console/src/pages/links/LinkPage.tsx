// What the pages stand in that links in mails open: nobody need be signed in there.
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import { Preferences } from "~/parts/Preferences.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./LinkPage.module.css";

export function LinkPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={style.page}>
      <div className="row spread">
        <h1>{title}</h1>
        <Preferences />
      </div>
      {children}
    </main>
  );
}

/** What went wrong with a link, or with asking for one, in words of the person's language. */
export function LinkProblem({ error }: { error: unknown }) {
  const t = useTranslations("links");
  const code = isProblem(error) ? error.code : "";
  if (code !== "link_not_valid" && code !== "mail_not_set") return <ProblemNotice error={error} />;
  return <p role="alert">{code === "link_not_valid" ? t("notValid") : t("mailNotSet")}</p>;
}

/** Whether a link was found to be good for nothing any more, so that a new one has to be asked for. */
export function isUsedUp(error: unknown): boolean {
  return isProblem(error) && error.code === "link_not_valid";
}
