// Asks before words are lost that somebody has typed and not saved: when they go elsewhere, close an editor or the tab.
import { useBlocker } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslations } from "use-intl";

/** Editors in which something stands that is not saved. */
const editors = new Set<symbol>();
/** Is called with whether the person leaves; null while nothing is asked. */
let answer: ((leaves: boolean) => void) | null = null;
const listeners = new Set<() => void>();

function ask(): Promise<boolean> {
  answer?.(false);
  return new Promise((resolve) => {
    const set = (to: typeof answer) => {
      answer = to;
      for (const listener of listeners) listener();
    };
    set((leaves) => {
      set(null);
      resolve(leaves);
    });
  });
}

export const isAnythingUnsaved = (): boolean => editors.size > 0;

/** Does what ends all editors that are open: at once where all is saved, else once the person agrees. */
export async function leaveUnsaved(act: () => unknown): Promise<void> {
  if (await mayLeave()) act();
}

/** Whether all is saved, or the person gives up what is not. */
async function mayLeave(): Promise<boolean> {
  if (editors.size > 0 && !(await ask())) return false;
  // An address may lead on to another one before the editors are gone.
  editors.clear();
  return true;
}

/** `isUnsaved`: whether something stands in an editor that is not saved. */
export function useUnsaved(isUnsaved: boolean): {
  /** Does what ends this editor: at once where it is saved, else once the person agrees. */
  leave: (act: () => unknown) => void;
  /** To be called once it is saved, before anything else is shown. */
  saved: () => void;
} {
  const [editor] = useState(() => Symbol());
  useEffect(() => {
    if (isUnsaved) editors.add(editor);
    return () => void editors.delete(editor);
  }, [isUnsaved, editor]);
  const saved = () => void editors.delete(editor);
  const leave = async (act: () => unknown) => {
    if (editors.has(editor) && !(await ask())) return;
    saved();
    act();
  };
  return { leave: (act) => void leave(act), saved };
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The question; once, in the frame of all pages. */
export function UnsavedQuestion() {
  const t = useTranslations("common.unsaved");
  const asked = useSyncExternalStore(subscribe, () => answer);
  useBlocker({ shouldBlockFn, enableBeforeUnload: isAnythingUnsaved });
  return (
    <ModalOverlay isOpen={asked !== null} onOpenChange={() => asked?.(false)} isDismissable>
      <Modal>
        <Dialog role="alertdialog">
          <div className="stack">
            <Heading slot="title">{t("title")}</Heading>
            <p>{t("about")}</p>
            <div className="row">
              <Button className="react-aria-Button danger" onPress={() => asked?.(true)}>
                {t("leave")}
              </Button>
              <Button onPress={() => asked?.(false)} autoFocus>
                {t("stay")}
              </Button>
            </div>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const shouldBlockFn = async () => !(await mayLeave());
