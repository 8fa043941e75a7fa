// A page of a document as a picture, with rectangles over it where passages stand.
import { useState } from "react";
import { Button } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import style from "./DocumentView.module.css";
import type { Passage } from "./passage.ts";

/** Where a passage stands on a page; `at`: which of the passages. */
export interface Place {
  at: number;
  tone: Passage["tone"];
  region: Schema<"Region">;
}

export interface Sheet {
  name: string;
  page: number;
  /** The picture's address. */
  source: string;
  /** Width by height, until the picture is there. */
  ratio: number;
  places: readonly Place[];
  focus: number;
  loaded: (picture: HTMLImageElement) => void;
}

export function PagePicture({ name, page, source, ratio, places, focus, loaded }: Sheet) {
  const t = useTranslations("documents.view");
  const [tries, setTries] = useState(0);
  const [state, setState] = useState<"drawing" | "drawn" | "failed">("drawing");
  return (
    <figure className={style.page} data-page={page}>
      <figcaption className="quiet">{t("pageOf", { page })}</figcaption>
      <div className={style.sheet}>
        {state === "drawing" && <span className={style.drawing}>{t("drawing")}</span>}
        {state === "failed" ? (
          <div className={style.failed} role="alert">
            <p>{t("noPicture")}</p>
            <Button
              onPress={() => {
                setState("drawing");
                setTries(tries + 1);
              }}
            >
              {t("drawAgain")}
            </Button>
          </div>
        ) : (
          <img
            key={tries}
            className={style.picture}
            src={source}
            alt={t("pictureOf", { page, name })}
            loading="lazy"
            decoding="async"
            style={{ aspectRatio: `auto ${ratio}` }}
            onLoad={(event) => {
              setState("drawn");
              loaded(event.currentTarget);
            }}
            onError={() => setState("failed")}
          />
        )}
        {places.length > 0 && <Places places={places} focus={focus} />}
      </div>
    </figure>
  );
}

/** Rectangles in shares of the page, 0..1 from the upper left, whichever way the interface runs. */
function Places({ places, focus }: { places: readonly Place[]; focus: number }) {
  const t = useTranslations("documents.view");
  return (
    <svg
      className={style.places}
      viewBox="0 0 1 1"
      preserveAspectRatio="none"
      role="img"
      aria-label={t("markedHere", { count: new Set(places.map((place) => place.at)).size })}
    >
      {places.map(({ at, tone, region }) => (
        <rect
          key={`${at} ${region.top} ${region.left}`}
          className={`${style[tone]} ${at === focus ? style.focused : ""}`}
          data-passage={at}
          x={region.left}
          y={region.top}
          width={region.right - region.left}
          height={region.bottom - region.top}
        />
      ))}
    </svg>
  );
}
