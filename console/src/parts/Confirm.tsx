// Asks before something that cannot be taken back.
import type { ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslations } from "use-intl";

/** `trigger`: the button that opens it; `act`: what the person then confirms by the button `label`. */
export function Confirm({
  trigger,
  title,
  children,
  label,
  act,
}: {
  trigger: ReactNode;
  title: string;
  children: ReactNode;
  label: string;
  act: () => void;
}) {
  const t = useTranslations("common");
  return (
    <DialogTrigger>
      {trigger}
      <ModalOverlay isDismissable>
        <Modal>
          <Dialog role="alertdialog">
            {({ close }) => (
              <div className="stack">
                <Heading slot="title">{title}</Heading>
                <div>{children}</div>
                <div className="row">
                  <Button
                    className="react-aria-Button danger"
                    onPress={() => {
                      act();
                      close();
                    }}
                  >
                    {label}
                  </Button>
                  <Button slot="close" autoFocus>
                    {t("cancel")}
                  </Button>
                </div>
              </div>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
