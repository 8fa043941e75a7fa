// Short news that a person need not answer, shown for some seconds in a region that screen readers announce.
import {
  Button,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
  UNSTABLE_Toast as ToastView,
} from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./toasts.module.css";

interface News {
  text: string;
  tone?: "good" | "bad";
  /** What the person may do about it, such as taking back what was done. */
  action?: { label: string; act: () => void };
}

const MOST = 3;
const queue = new ToastQueue<News>({ maxVisibleToasts: MOST });
const SHOWN_FOR = 8_000;

/** Tells something; the oldest news makes room, as it would come back when the others have gone. */
export function tell(news: News): void {
  const { visibleToasts } = queue;
  const oldest = visibleToasts.at(-1);
  if (oldest && visibleToasts.length >= MOST) queue.close(oldest.key);
  queue.add(news, { timeout: SHOWN_FOR });
}

/** The region; once, in the frame of all pages. */
export function Toasts() {
  const t = useTranslations("common");
  return (
    <ToastRegion queue={queue} className={style.region ?? ""} aria-label={t("news")}>
      {({ toast }) => (
        <ToastView toast={toast} className={`${style.toast} ${toast.content.tone ? style[toast.content.tone] : ""}`}>
          <ToastContent className={style.content ?? ""}>
            <Text slot="title">{toast.content.text}</Text>
          </ToastContent>
          {toast.content.action && (
            <Button
              className="react-aria-Button plain"
              onPress={() => {
                toast.content.action?.act();
                queue.close(toast.key);
              }}
            >
              {toast.content.action.label}
            </Button>
          )}
          <Button slot="close" className="react-aria-Button plain">
            {t("close")}
          </Button>
        </ToastView>
      )}
    </ToastRegion>
  );
}
