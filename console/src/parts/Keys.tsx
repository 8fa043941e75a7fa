// Single keys that do what a page's buttons do, the sheet that shows them, and the switch that turns them off.
import { useEffect, useEffectEvent } from "react";
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay, Switch } from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./Keys.module.css";
import { isForPage, letterOf } from "./keys.ts";
import { useLocalStore } from "./local-store.ts";

/** What a key does: `label` says it, `act` does it. */
export interface KeyAction {
  /** A letter, or "?". */
  letter: string;
  label: string;
  act: () => void;
  isDisabled?: boolean;
}

/** Whether single keys do anything: a person can turn them off (WCAG 2.1.4); kept in this browser. */
export function useKeysOn(): [boolean, (isOn: boolean) => void] {
  const [kept, keep] = useLocalStore("keys");
  return [kept !== "off", (isOn) => keep(isOn ? "on" : "off")];
}

/** Has the keys do what the actions say, for as long as the page is shown. */
export function useKeys(actions: readonly KeyAction[]): void {
  const [isOn] = useKeysOn();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!isOn || !isForPage(event)) return;
    const letter = letterOf(event);
    const action = actions.find((one) => one.letter === letter && !one.isDisabled);
    if (!action) return;
    event.preventDefault();
    action.act();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}

/** A button that says which key does the same. */
export function KeyButton({
  action,
  className = "",
  autoFocus = false,
}: {
  action: KeyAction;
  className?: string;
  autoFocus?: boolean;
}) {
  const [isOn] = useKeysOn();
  return (
    <Button
      className={`react-aria-Button ${className}`}
      isDisabled={action.isDisabled ?? false}
      autoFocus={autoFocus}
      aria-keyshortcuts={isOn ? action.letter.toUpperCase() : undefined}
      onPress={action.act}
    >
      {action.label}
      {isOn && (
        <span className={style.key} aria-hidden="true">
          {action.letter.toUpperCase()}
        </span>
      )}
    </Button>
  );
}

/** The sheet of all keys; "?" opens it. */
export function KeySheet({
  actions,
  isOpen,
  onOpenChange,
}: {
  actions: readonly KeyAction[];
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}) {
  const t = useTranslations("common");
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <Button className="react-aria-Button plain" aria-keyshortcuts="?">
        {t("shortcuts.name")}
        <span className={style.key} aria-hidden="true">
          ?
        </span>
      </Button>
      <ModalOverlay isDismissable>
        <Modal>
          <Dialog>
            <div className="stack">
              <Heading slot="title">{t("shortcuts.name")}</Heading>
              <KeyTable actions={actions} />
              <KeySwitch />
              <p className="quiet">{t("shortcuts.where")}</p>
              <div>
                <Button slot="close">{t("close")}</Button>
              </div>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function KeyTable({ actions }: { actions: readonly KeyAction[] }) {
  const t = useTranslations("common");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("shortcuts.key")}</th>
          <th scope="col">{t("shortcuts.does")}</th>
        </tr>
      </thead>
      <tbody>
        {actions.map((one) => (
          <tr key={one.letter}>
            <td>
              <kbd className={style.key}>{one.letter.toUpperCase()}</kbd>
            </td>
            <td>{one.label}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function KeySwitch() {
  const t = useTranslations("common");
  const [isOn, setIsOn] = useKeysOn();
  return (
    <Switch isSelected={isOn} onChange={setIsOn}>
      <span className="box" aria-hidden="true">
        {isOn ? "✓" : ""}
      </span>
      {t("shortcuts.isOn")}
    </Switch>
  );
}
