// All that happened in a run, in order, going on while it runs.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { Loaded } from "~/parts/Loaded.tsx";
import { Mark } from "~/parts/marks.tsx";
import { useLog } from "./queries.ts";
import style from "./RunPage.module.css";
import { type JobEvent, logOf } from "./watched.ts";

export function JobLog({ jobId, came }: { jobId: string; came: readonly JobEvent[] }) {
  const t = useTranslations("run");
  const [isOpen, setOpen] = useState(false);
  return (
    <details className={style.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("log.title")}</summary>
      {isOpen && <Log jobId={jobId} came={came} />}
    </details>
  );
}

function Log({ jobId, came }: { jobId: string; came: readonly JobEvent[] }) {
  const t = useTranslations("run");
  const tc = useTranslations("common");
  const log = useLog(jobId);
  return (
    <Loaded query={log}>
      {({ pages }) => (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <section className={style.log} tabIndex={0} aria-label={t("log.title")}>
            <table className={style.table}>
              <thead>
                <tr>
                  <th scope="col">{t("log.when")}</th>
                  <th scope="col">{t("log.level")}</th>
                  <th scope="col">{t("log.what")}</th>
                </tr>
              </thead>
              <tbody>
                {logOf(
                  pages.flatMap((page) => page.items),
                  !log.hasNextPage,
                  came,
                ).map((event) => (
                  <LogRow key={event.sequence} event={event} />
                ))}
              </tbody>
            </table>
          </section>
          {log.hasNextPage && (
            <div>
              <Button onPress={() => log.fetchNextPage()} isPending={log.isFetchingNextPage}>
                {tc("more")}
              </Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}

const LEVELS = { INFO: ["·", "quiet"], WARNING: ["▲", "doubt"], ERROR: ["✕", "bad"] } as const;

function LogRow({ event }: { event: JobEvent }) {
  const t = useTranslations("run");
  const format = useFormatter();
  const [shape, tone] = LEVELS[event.level];
  return (
    <tr>
      <td className={style.when}>
        <time dateTime={event.created_at}>{format.dateTime(new Date(event.created_at), { timeStyle: "medium" })}</time>
      </td>
      <td>
        <Mark shape={shape} tone={tone} text={t(`log.levels.${event.level}`)} />
      </td>
      <td className={style.reason} dir="auto" lang="en">
        {event.message}
      </td>
    </tr>
  );
}
