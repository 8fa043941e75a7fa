// Says what went wrong, what to do, and by which id an operator finds it.
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import { isProblem, UNREACHABLE } from "~/api/problem.ts";
import style from "./ProblemNotice.module.css";

/** `retry`: what "try again" does; it is offered where the same may succeed later. */
export function ProblemNotice({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const t = useTranslations("common");
  const problem = isProblem(error) ? error : undefined;
  const text = !problem ? t("unexpected") : problem.code === UNREACHABLE ? t("unreachable") : problem.detail;
  const isFromServer = problem !== undefined && problem.code !== UNREACHABLE;
  return (
    <div role="alert" className={style.notice}>
      <p dir="auto" lang={isFromServer ? "en" : undefined}>
        {text}
      </p>
      {problem && problem.fields.length > 0 && (
        <ul>
          {problem.fields.map((one) => (
            <li key={`${one.field} ${one.detail}`}>
              <code>{one.field}</code>: <bdi lang="en">{one.detail}</bdi>
            </li>
          ))}
        </ul>
      )}
      {problem?.correlationId && (
        <p className="quiet">
          {t("correlation")} <code>{problem.correlationId}</code>
        </p>
      )}
      {retry && (problem?.mayPass ?? true) && <Button onPress={retry}>{t("tryAgain")}</Button>}
    </div>
  );
}
