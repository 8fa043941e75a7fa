// Where a queue is worked through: the document beside the cell, and keys for all that can be done.
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { DocumentView } from "~/parts/DocumentView.tsx";
import { type KeyAction, KeyButton, KeySheet, useKeys } from "~/parts/Keys.tsx";
import { useLoadedAhead } from "./ahead.ts";
import { CellPanel, type Mode } from "./CellPanel.tsx";
import { LastAnswer } from "./LastAnswer.tsx";
import type { Said } from "./outbox.ts";
import { passagesOf } from "./passages.ts";
import { type Item, idOf, isBlind } from "./queue.ts";
import { Others } from "./Refusals.tsx";
import style from "./ReviewPage.module.css";
import { RowCells } from "./RowCells.tsx";
import { AHEAD } from "./useQueue.ts";
import type { Reviewing } from "./useReviewing.ts";

interface Shown {
  projectId: string;
  reviewing: Reviewing;
  item: Item;
  variables: ReadonlyMap<string, Schema<"Variable">>;
}

export function Workbench({ projectId, reviewing, item, variables }: Shown) {
  const t = useTranslations("review");
  const [opened, setOpened] = useState<{ id: string; mode: Mode; marked: string } | null>(null);
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  const { document_id, document_name, entity_text, variable } = item.extraction;
  const mode = opened?.id === idOf(item) ? opened.mode : "look";
  const open = (next: Mode) => setOpened({ id: idOf(item), mode: next, marked: markedWords() });
  const say = (said: Said) => {
    setOpened(null);
    reviewing.judge(isDisputed(item) ? { ...said, is_final: true } : said);
  };
  const actions = useActions(reviewing, item, mode, open, say);
  const sheet: KeyAction = { letter: "?", label: t("keys"), act: () => setIsSheetOpen(true) };
  // What is typed before an editor has the focus is not to be taken for a verdict.
  useKeys(mode === "look" ? [...actions.verdicts, ...actions.ways, sheet] : []);
  useLoadedAhead(projectId, [item, ...reviewing.open.filter((one) => one !== item).slice(0, AHEAD)]);
  const passages = isBlind(item) ? [] : passagesOf(item.extraction);
  return (
    <div className={style.bench}>
      <div className={style.document}>
        <h3 className={style.documentName}>
          <bdi>{document_name}</bdi>
          {entity_text && (
            <>
              {" · "}
              <bdi>{entity_text}</bdi>
            </>
          )}
        </h3>
        <DocumentView documentId={document_id} passages={passages} focus={0} />
      </div>
      <div className="stack">
        <p role="status" className="spoken">
          {t("now", { variable, document: document_name })}
        </p>
        <LastAnswer reviewing={reviewing} variables={variables} />
        <CellPanel
          key={idOf(item)}
          item={item}
          variable={variables.get(variable)}
          given={reviewing.verdictOf(item)}
          actions={actions.verdicts}
          mode={mode}
          marked={opened?.marked ?? ""}
          say={say}
          close={() => setOpened(null)}
        />
        {isDisputed(item) && (
          <section aria-labelledby="others">
            <h3 id="others">{t("others")}</h3>
            <p className="quiet">{t("decides")}</p>
            <Others extractionId={idOf(item)} />
          </section>
        )}
        <div className="row">
          {actions.ways.map((action) => (
            <KeyButton key={action.letter} action={action} className="plain" />
          ))}
          <KeySheet
            actions={[...actions.verdicts, ...actions.ways, sheet]}
            isOpen={isSheetOpen}
            onOpenChange={setIsSheetOpen}
          />
        </div>
        <RowCells projectId={projectId} item={item} variables={variables} />
      </div>
    </div>
  );
}

/** What can be done with a cell; who may only look goes back and forth. */
function useActions(
  reviewing: Reviewing,
  item: Item,
  mode: Mode,
  open: (mode: Mode) => void,
  say: (said: Said) => void,
): { verdicts: KeyAction[]; ways: KeyAction[] } {
  const t = useTranslations("review.do");
  const { mayEdit } = useRights();
  const at = reviewing.items.indexOf(item);
  const ways: KeyAction[] = [
    { letter: "j", label: t("next"), act: () => reviewing.move(1), isDisabled: at >= reviewing.items.length - 1 },
    { letter: "k", label: t("previous"), act: () => reviewing.move(-1), isDisabled: at <= 0 },
  ];
  if (!mayEdit) return { verdicts: [], ways };
  const judging: KeyAction[] = [
    { letter: "a", label: t("accept"), act: () => say({ verdict: "CORRECT" }) },
    { letter: "e", label: t("edit"), act: () => open("edit") },
    { letter: "x", label: t("wrong"), act: () => say({ verdict: "INCORRECT" }) },
    { letter: "m", label: t("missing"), act: () => open("missing") },
  ];
  // Blind, there is nothing yet to accept or to call wrong.
  const answering = judging
    .filter(({ letter }) => letter === "e" || letter === "m")
    .map((action) => (action.letter === "e" ? { ...action, label: t("answer") } : action));
  const undo = reviewing.undo;
  return {
    verdicts: mode === "look" ? (isBlind(item) ? answering : judging) : [],
    ways: [
      { letter: "s", label: t("skip"), act: reviewing.skip },
      { letter: "u", label: t("undo"), act: () => undo?.(), isDisabled: undo === null },
      ...ways,
    ],
  };
}

const isDisputed = (item: Item): boolean => item.why === "people differ";

/** What the person has marked in the document. */
function markedWords(): string {
  const selection = window.getSelection();
  const inDocument = selection?.anchorNode?.parentElement?.closest(`.${style.document}`);
  return inDocument ? (selection?.toString().trim() ?? "") : "";
}
