// How far the files are that go to the project: in all, each, and what was not taken.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Button, Label, ProgressBar } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { Mark } from "~/parts/marks.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import style from "./DocumentsPage.module.css";
import { type Item, useUploads } from "./uploads/queue.ts";

const ROW = 32;

export function UploadList({ projectId }: { projectId: string }) {
  const t = useTranslations("documents.upload");
  const [queue, { items, done, isSending, stopped, bytes, sent }] = useUploads(projectId);
  if (!items.length) return null;
  const refused = items.filter((item) => item.state === "refused");
  const isOver = done === items.length;
  return (
    <section className="card stack" aria-label={t("title")}>
      <ProgressBar
        value={sent}
        minValue={0}
        maxValue={Math.max(1, bytes)}
        valueLabel={t("done", { done, count: items.length })}
      >
        {({ percentage, valueText }) => (
          <>
            <div className="row spread">
              <Label>{isOver ? t("over") : isSending ? t("sending") : t("waiting")}</Label>
              <span role="status">{valueText}</span>
            </div>
            <div className={style.bar}>
              <div className={style.filled} style={{ inlineSize: `${percentage}%` }} />
            </div>
          </>
        )}
      </ProgressBar>
      {stopped && <ProblemNotice error={stopped} />}
      {refused.length > 0 && <Refused items={refused} />}
      <AllFiles items={items} />
      <div className="row">
        {stopped && !isSending && (
          <Button className="react-aria-Button primary" onPress={() => queue.goOn()}>
            {t("goOn")}
          </Button>
        )}
        {isOver ? (
          <Button onPress={() => queue.clear()}>{t("clear")}</Button>
        ) : (
          <Button onPress={() => queue.stop()}>{t("stop")}</Button>
        )}
      </div>
    </section>
  );
}

function Refused({ items }: { items: readonly Item[] }) {
  const t = useTranslations("documents.upload");
  const common = useTranslations("common");
  return (
    <div role="alert">
      <h3>{t("refused", { count: items.length })}</h3>
      <ul className={style.refused}>
        {items.map(({ id, name, detail, correlationId }) => (
          <li key={id}>
            <bdi className={style.file}>{name}</bdi>: <bdi>{detail || t("noReason")}</bdi>{" "}
            <span className="quiet">
              {common("correlation")} <code>{correlationId}</code>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Every file by itself; of thousands only those in view are laid out. */
function AllFiles({ items }: { items: readonly Item[] }) {
  const t = useTranslations("documents.upload");
  const format = useFormatter();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  return (
    <details>
      <summary>{t("each", { count: items.length })}</summary>
      <section
        ref={scroller}
        className={style.files}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys
        tabIndex={0}
        aria-label={t("each", { count: items.length })}
      >
        <ul style={{ blockSize: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const item = items[index];
            if (!item) return null;
            const percent = format.number(item.size ? item.sent / item.size : 1, { style: "percent" });
            return (
              <li
                key={item.id}
                className={style.fileRow}
                style={{ transform: `translateY(${start}px)` }}
                aria-posinset={index + 1}
                aria-setsize={items.length}
              >
                <bdi className={style.fileName}>{item.name}</bdi>
                {item.state === "sending" ? (
                  <span className="number">{percent}</span>
                ) : (
                  <StateMark state={item.state} />
                )}
              </li>
            );
          })}
        </ul>
      </section>
    </details>
  );
}

const MARKS = {
  waiting: ["…", "quiet"],
  sending: ["↑", "quiet"],
  interrupted: ["!", "doubt"],
  stored: ["✓", "good"],
  known: ["=", "quiet"],
  reread: ["↻", "good"],
  refused: ["✕", "bad"],
} as const;

function StateMark({ state }: { state: Item["state"] }) {
  const t = useTranslations("documents.upload");
  const [shape, tone] = MARKS[state];
  return <Mark shape={shape} text={t(`state.${state}`)} tone={tone} />;
}
