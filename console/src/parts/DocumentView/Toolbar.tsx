// The tools of a document's view: picture or text, pages, size, passages.
import type { ReactNode } from "react";
import { Button, ToggleButton, ToggleButtonGroup, Toolbar as Tools } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import style from "./DocumentView.module.css";

export type Mode = "picture" | "text";

interface Steps {
  at: number;
  count: number;
  go: (at: number) => void;
}

interface Shown {
  /** Each is shown where there is something to choose. */
  modes: { mode: Mode; setMode: (mode: Mode) => void } | undefined;
  pages: { page: number; count: number; go: (page: number) => void } | undefined;
  zoom: { zoom: number; setZoom: (zoom: number) => void } | undefined;
  passages: Steps | undefined;
}

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

export function Toolbar({ modes, pages, zoom, passages }: Shown) {
  const t = useTranslations("documents.view");
  if (!modes && !pages && !zoom && !passages) return null;
  return (
    <Tools aria-label={t("tools")} className={style.tools ?? ""}>
      {modes && (
        <ToggleButtonGroup
          aria-label={t("showAs")}
          className={style.group ?? ""}
          disallowEmptySelection
          selectedKeys={[modes.mode]}
          onSelectionChange={(keys) => modes.setMode(keys.has("text") ? "text" : "picture")}
        >
          <ToggleButton id="picture">{t("picture")}</ToggleButton>
          <ToggleButton id="text">{t("text")}</ToggleButton>
        </ToggleButtonGroup>
      )}
      {passages && (
        <Stepper
          previous={t("previousPassage")}
          next={t("nextPassage")}
          at={passages.at}
          count={passages.count}
          go={passages.go}
        >
          {t("passage", { at: passages.at + 1, count: passages.count })}
        </Stepper>
      )}
      {pages && (
        <Stepper
          previous={t("previousPage")}
          next={t("nextPage")}
          at={pages.page - 1}
          count={pages.count}
          go={(at) => pages.go(at + 1)}
        >
          {t("page", { page: pages.page, count: pages.count })}
        </Stepper>
      )}
      {zoom && <Zoom {...zoom} />}
    </Tools>
  );
}

function Stepper({
  previous,
  next,
  at,
  count,
  go,
  children,
}: Steps & { previous: string; next: string; children: ReactNode }) {
  return (
    <span className={style.group}>
      <Button aria-label={previous} isDisabled={at <= 0} onPress={() => go(at - 1)}>
        <span aria-hidden="true">‹</span>
      </Button>
      <span role="status">{children}</span>
      <Button aria-label={next} isDisabled={at >= count - 1} onPress={() => go(at + 1)}>
        <span aria-hidden="true">›</span>
      </Button>
    </span>
  );
}

function Zoom({ zoom, setZoom }: { zoom: number; setZoom: (zoom: number) => void }) {
  const t = useTranslations("documents.view");
  const format = useFormatter();
  const smaller = ZOOMS.findLast((one) => one < zoom);
  const larger = ZOOMS.find((one) => one > zoom);
  return (
    <span className={style.group}>
      <Button aria-label={t("zoomOut")} isDisabled={!smaller} onPress={() => smaller && setZoom(smaller)}>
        <span aria-hidden="true">−</span>
      </Button>
      <span role="status" className="number">
        {format.number(zoom, { style: "percent" })}
      </span>
      <Button aria-label={t("zoomIn")} isDisabled={!larger} onPress={() => larger && setZoom(larger)}>
        <span aria-hidden="true">+</span>
      </Button>
    </span>
  );
}
