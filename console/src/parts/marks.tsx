// What is known of a cell, each by a word and a shape: why there is no value, how sure it is, what people say.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import style from "./marks.module.css";

/** Shapes that differ without colour; screen readers get the words beside them. */
export const MISSING_SHAPES: Record<Schema<"MissingReason">, string> = {
  NOT_STATED: "○",
  NOT_APPLICABLE: "⊘",
  AMBIGUOUS: "≟",
  UNREADABLE: "▒",
  MODEL_FAILED: "✕",
  BELOW_THRESHOLD: "▽",
  NOT_FOUND: "◌",
  VAGUE: "≈",
  RANGE: "↔",
  UNSUPPORTED: "⚠",
  UNGROUNDED: "⚐",
  INCOMPLETE: "◐",
};

/** Why there is no value. */
export function MissingMark({ reason }: { reason: Schema<"MissingReason"> }) {
  const t = useTranslations("words");
  return <Mark shape={MISSING_SHAPES[reason]} text={t(`missing.${reason}`)} tone="quiet" />;
}

export const VERDICT_SHAPES = {
  CORRECT: ["✓", "good"],
  INCORRECT: ["✗", "bad"],
  PARTIALLY_CORRECT: ["◑", "doubt"],
} as const;

/** What a person says of a value. */
export function VerdictMark({ verdict }: { verdict: Schema<"Verdict"> }) {
  const t = useTranslations("words");
  const [shape, tone] = VERDICT_SHAPES[verdict];
  return <Mark shape={shape} text={t(`verdict.${verdict}`)} tone={tone} />;
}

const STATUSES = {
  EXTRACTED: ["·", "quiet"],
  VALIDATED: ["✓", "good"],
  FLAGGED: ["⚑", "doubt"],
  FAILED: ["✕", "bad"],
} as const;

/** Whether a cell wants a person's look. */
export function StatusMark({ status }: { status: Schema<"ExtractionStatus"> }) {
  const t = useTranslations("words");
  const [shape, tone] = STATUSES[status];
  return <Mark shape={shape} text={t(`status.${status}`)} tone={tone} />;
}

/** Why a cell should be asked again: `reason` is a StaleReason. */
export function StaleMark({ reason }: { reason: string }) {
  const t = useTranslations("words");
  const key = `stale.${reason}` as Parameters<typeof t>[0];
  return <Mark shape="↻" text={t.has(key) ? t(key) : t("stale.OTHER")} tone="doubt" />;
}

/** How sure a value is, 0..1, as a bar and in percent. */
export function Confidence({ of }: { of: number }) {
  const t = useTranslations("words");
  const format = useFormatter();
  const percent = format.number(of, { style: "percent", maximumFractionDigits: 0 });
  return (
    <span className={style.confidence} title={t("confidence", { percent })}>
      <meter className={style.meter} min={0} max={1} value={of} aria-label={t("confidence", { percent })} />
      <span aria-hidden="true">{percent}</span>
    </span>
  );
}

/** A shape beside its word; `isShort` leaves the word to screen readers and to whoever points at it. */
export function Mark({
  shape,
  text,
  tone,
  isShort = false,
}: {
  shape: string;
  text: string;
  tone: "good" | "doubt" | "bad" | "quiet";
  isShort?: boolean;
}) {
  return (
    <span className={`${style.mark} ${style[tone]}`} title={text}>
      <span aria-hidden="true">{shape}</span>
      <span className={isShort ? "spoken" : undefined}>{text}</span>
    </span>
  );
}
