// What a run would take, told before anything is spent, with the button that starts it.
import { Link } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { durationOf, moneyOf } from "./amounts.ts";
import { useEstimate } from "./queries.ts";
import style from "./RunPage.module.css";

export function Estimate({
  projectId,
  body,
  isStarting,
  begin,
}: {
  projectId: string;
  body: Schema<"EstimateJobRequest">;
  isStarting: boolean;
  begin: () => void;
}) {
  const t = useTranslations("run");
  const estimate = useEstimate(projectId, body);
  if (isProblem(estimate.error) && estimate.error.code === "nothing_stale")
    return <NothingLeft projectId={projectId} />;
  const missing = isProblem(estimate.error) && WITHOUT.find((code) => code === estimate.error?.code);
  if (missing) return <Missing what={missing} projectId={projectId} />;
  const isReady = estimate.data !== undefined && estimate.error === null;
  return (
    <>
      <Loaded query={estimate} what={t("estimate.waiting")}>
        {(found) => (
          <div className="stack" aria-busy={estimate.isPlaceholderData}>
            <Found found={found} />
          </div>
        )}
      </Loaded>
      <Button
        className="react-aria-Button primary"
        isDisabled={!isReady || estimate.isPlaceholderData || estimate.data.documents === 0 || isStarting}
        onPress={begin}
      >
        {body.kind === "SAMPLE" ? t("startSample") : t("startFull")}
      </Button>
    </>
  );
}

/** What a project lacks before there is anything to code, by the codes of the API. */
const WITHOUT = ["no_variables", "no_documents", "nothing_readable"] as const;

function Missing({ what, projectId }: { what: (typeof WITHOUT)[number]; projectId: string }) {
  const t = useTranslations("run.estimate.without");
  return (
    <div role="status" className="stack">
      <p>{t(`${what}.is`)}</p>
      <Link
        to={what === "no_variables" ? "/projects/$projectId/setup" : "/projects/$projectId/documents"}
        params={{ projectId }}
      >
        {t(`${what}.next`)}
      </Link>
    </div>
  );
}

function Found({ found }: { found: Schema<"EstimateJobResponse"> }) {
  const t = useTranslations("run");
  const format = useFormatter();
  const locale = useLocale();
  const facts: [string, string][] = [
    [t("estimate.documents"), format.number(found.documents)],
    [t("estimate.calls"), format.number(found.calls)],
    [t("estimate.tokensIn"), format.number(found.tokens_in)],
    [t("estimate.tokensOut"), format.number(found.tokens_out)],
  ];
  if (found.seconds !== null) facts.push([t("estimate.time"), durationOf(found.seconds, locale)]);
  if (found.tokens_left !== null) facts.push([t("estimate.budgetLeft"), format.number(found.tokens_left)]);
  return (
    <>
      <p className={style.price} role="status">
        {found.cost === null ? t("estimate.noPrice") : moneyOf(found.cost, found.currency || "USD", locale)}
      </p>
      <p className="quiet">
        {found.model === "offline"
          ? t("estimate.builtIn")
          : t.rich("estimate.byModel", { model: () => <bdi>{found.model}</bdi> })}
      </p>
      <dl className={style.facts}>
        {facts.map(([name, amount]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{amount}</dd>
          </div>
        ))}
      </dl>
      {found.notes.length > 0 && (
        <ul className={style.notes}>
          {found.notes.map((note) => (
            <li key={note} dir="auto" lang="en">
              {note}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function NothingLeft({ projectId }: { projectId: string }) {
  const t = useTranslations("run");
  return (
    <div role="status" className="stack">
      <p>{t("estimate.nothingLeft")}</p>
      <Link to="/projects/$projectId/data" params={{ projectId }}>
        {t("next.data")}
      </Link>
    </div>
  );
}
