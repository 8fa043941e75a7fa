// A document that is there: its tools, what is to be known of its reading, and its pages or its text.
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Mark } from "../marks.tsx";
import { ProblemNotice } from "../ProblemNotice.tsx";
import { hasPictures, regionsQuery } from "./asked.ts";
import { DocumentPictures } from "./DocumentPictures.tsx";
import style from "./DocumentView.module.css";
import type { Passage } from "./passage.ts";
import { SearchedText } from "./SearchedText.tsx";
import { goToPage } from "./scrolling.ts";
import { type Mode, Toolbar } from "./Toolbar.tsx";

interface Opened {
  document: Schema<"Document">;
  passages: readonly Passage[];
  focus: number;
  /** What the person has chosen; null while they leave it to the document. */
  mode: Mode | null;
  setMode: (mode: Mode) => void;
  zoom: number;
  setZoom: (zoom: number) => void;
}

const NONE: readonly Schema<"PassageRegions">[] = [];

export function OpenedDocument({ document, passages, focus, mode, setMode, zoom, setZoom }: Opened) {
  const t = useTranslations("documents.view");
  const scroller = useRef<HTMLElement>(null);
  const [page, setPage] = useState(1);
  const [at, setAt] = useFollowed(focus, passages);
  const isDrawn = hasPictures(document);
  const regions = useQuery({
    ...regionsQuery(document.id, passages),
    enabled: isDrawn && passages.length > 0 && document.status === "READY",
  });
  const places = regions.data?.passages ?? NONE;
  // Without a sure place on the page, the text is shown: a guessed rectangle would be believed.
  const isLost = isDrawn && passages.length > 0 && (regions.isError || !(places[at]?.regions.length ?? 1));
  const shown: Mode = isDrawn && !(isLost && mode === null) ? (mode ?? "picture") : "text";
  return (
    <>
      <Toolbar
        modes={isDrawn && document.status === "READY" ? { mode: shown, setMode } : undefined}
        pages={
          document.page_count > 1
            ? { page, count: document.page_count, go: (to) => scroller.current && goToPage(scroller.current, to) }
            : undefined
        }
        zoom={shown === "picture" ? { zoom, setZoom } : undefined}
        passages={passages.length > 1 ? { at, count: passages.length, go: setAt } : undefined}
      />
      <Notes document={document} isLost={isLost} />
      {regions.isError && <ProblemNotice error={regions.error} retry={() => void regions.refetch()} />}
      {shown === "picture" ? (
        <DocumentPictures
          document={document}
          passages={passages}
          regions={places}
          focus={at}
          zoom={zoom}
          scroller={scroller}
          onPage={setPage}
        />
      ) : document.status === "READY" ? (
        <SearchedText document={document} passages={passages} focus={at} scroller={scroller} onPage={setPage} />
      ) : (
        <p className={style.unread}>
          {document.status === "FAILED" ? (
            <span dir="auto" lang="en">
              {document.error_message}
            </span>
          ) : (
            t("notReadYet")
          )}
        </p>
      )}
    </>
  );
}

/** Which passage is in focus: what is asked for, until the person goes to another. */
function useFollowed(focus: number, passages: readonly Passage[]): [number, (at: number) => void] {
  const [followed, setFollowed] = useState({ focus, passages, at: focus });
  if (followed.focus !== focus || followed.passages !== passages) setFollowed({ focus, passages, at: focus });
  return [followed.at, (at) => setFollowed({ focus, passages, at })];
}

function Notes({ document, isLost }: { document: Schema<"Document">; isLost: boolean }) {
  const t = useTranslations("documents.view");
  const format = useFormatter();
  const { unread_pages: unread, unsure_pages: unsure } = document.report;
  if (!isLost && !unread.length && !unsure.length) return null;
  const listed = (pages: number[]) => ({ count: pages.length, pages: format.list(pages.map((one) => `${one}`)) });
  return (
    <ul className={style.notes}>
      {isLost && <li role="status">{t("notOnPage")}</li>}
      {unread.length > 0 && (
        <li>
          <Mark shape="▒" text={t("unreadPages", listed(unread))} tone="doubt" />
        </li>
      )}
      {unsure.length > 0 && (
        <li>
          <Mark shape="≈" text={t("unsurePages", listed(unsure))} tone="doubt" />
        </li>
      )}
    </ul>
  );
}
