// The cell that is looked at: what the model says of it, why it wants a look, and what a person may say.
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { type KeyAction, KeyButton } from "~/parts/Keys.tsx";
import { Confidence, Mark, VerdictMark } from "~/parts/marks.tsx";
import { AnswerForm } from "./AnswerForm.tsx";
import { MissingForm } from "./MissingForm.tsx";
import type { Entry, Said } from "./outbox.ts";
import { type Item, isBlind } from "./queue.ts";
import style from "./ReviewPage.module.css";
import { SaidOf } from "./SaidOf.tsx";

/** What is open: nothing, the editor of a value, or the choice of a reason. */
export type Mode = "look" | "edit" | "missing";

interface Shown {
  item: Item;
  variable: Schema<"Variable"> | undefined;
  given: Entry | undefined;
  actions: readonly KeyAction[];
  mode: Mode;
  /** Words that the person had marked in the document when they opened the editor. */
  marked: string;
  say: (said: Said) => void;
  close: () => void;
}

export function CellToJudge({ item, variable, given, actions, mode, marked, say, close }: Shown) {
  const t = useTranslations("review");
  const name = variable?.display_name || item.extraction.variable;
  return (
    <section className={`card stack ${style.cell}`} aria-labelledby="cell">
      <div>
        <h3 id="cell" className={style.name}>
          <bdi>{name}</bdi>
        </h3>
        {variable?.instructions && (
          <details>
            <summary className="quiet">{t("instructions")}</summary>
            <p dir="auto">{variable.instructions}</p>
          </details>
        )}
      </div>
      {isBlind(item) ? <p className="quiet">{t("blind")}</p> : <ModelSays item={item} />}
      {given && (
        <div className="row">
          <span className="quiet">{t("youSaid")}</span>
          <SaidOf said={given.said} />
        </div>
      )}
      {mode === "look" && actions.length > 0 && (
        <div className="row">
          {actions.map((action, at) => (
            <KeyButton key={action.letter} action={action} className={at === 0 ? "primary" : ""} />
          ))}
        </div>
      )}
      {mode === "edit" && variable && (
        <AnswerForm
          variable={variable}
          start={given?.said.corrected_value ?? item.extraction.value}
          quote={marked}
          onAnswer={say}
          onCancel={close}
        />
      )}
      {mode === "missing" && <MissingForm onAnswer={say} onCancel={close} />}
    </section>
  );
}

function ModelSays({ item }: { item: Item }) {
  const t = useTranslations("review");
  const { value, missing_reason, confidence, evidence, explanation, verdict } = item.extraction;
  return (
    <>
      <div className={style.value}>
        <CellValue value={value} reason={missing_reason} />
      </div>
      <div className="row">
        {missing_reason === null && <Confidence of={confidence} />}
        <Flags of={item} />
        {verdict && <VerdictMark verdict={verdict} />}
      </div>
      {evidence?.quote && (
        <blockquote dir="auto" className={style.quote}>
          {evidence.quote}
        </blockquote>
      )}
      {explanation && (
        <p className="quiet">
          {t("modelSays")} <bdi>{explanation}</bdi>
        </p>
      )}
    </>
  );
}

function Flags({ of }: { of: Item }) {
  const t = useTranslations("words");
  return of.extraction.flags.map((flag) => {
    const key = `flag.${flag}` as Parameters<typeof t>[0];
    return <Mark key={flag} shape="⚑" text={t.has(key) ? t(key) : flag} tone="doubt" />;
  });
}
