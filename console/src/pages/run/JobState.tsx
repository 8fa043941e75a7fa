// Where a run stands, by a word and a shape.
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Mark } from "~/parts/marks.tsx";

const STATES = {
  PENDING: ["…", "quiet"],
  PROCESSING: ["▶", "good"],
  PAUSED: ["⏸", "doubt"],
  COMPLETE: ["✓", "good"],
  FAILED: ["✕", "bad"],
  CANCELLED: ["⊘", "quiet"],
} as const;

export function JobState({ status }: { status: Schema<"JobStatus"> }) {
  const t = useTranslations("words");
  const [shape, tone] = STATES[status];
  return <Mark shape={shape} text={t(`job.${status}`)} tone={tone} />;
}
