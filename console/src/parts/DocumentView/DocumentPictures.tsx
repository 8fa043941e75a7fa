// A document's pages as pictures below each other; each is asked for when it comes into view.
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Schema } from "~/api/types.ts";
import { fitPictures, pictureOf } from "./asked.ts";
import style from "./DocumentView.module.css";
import { PagePicture, type Place } from "./PagePicture.tsx";
import type { Passage } from "./passage.ts";
import { Scroller } from "./Scroller.tsx";
import { bringIntoView, whenScrolledByHand } from "./scrolling.ts";

/** A4, upright. */
const USUAL_RATIO = 210 / 297;

interface Shown {
  document: Schema<"Document">;
  passages: readonly Passage[];
  regions: readonly Schema<"PassageRegions">[];
  focus: number;
  zoom: number;
  scroller: RefObject<HTMLElement | null>;
  onPage: (page: number) => void;
}

export function DocumentPictures({ document, passages, regions, focus, zoom, scroller, onPage }: Shown) {
  const [sheets, width] = useWidth();
  const [ratio, setRatio] = useState(USUAL_RATIO);
  const places = useMemo(() => placesByPage(passages, regions), [passages, regions]);
  const bring = useFocusInView(scroller, `${document.id} ${focus} ${zoom}`, places.size > 0 && width > 0);
  fitPictures(width);
  const pages = Array.from({ length: Math.max(1, document.page_count) }, (_, at) => at + 1);
  const loaded = (picture: HTMLImageElement) => {
    if (ratio === USUAL_RATIO) setRatio(picture.naturalWidth / picture.naturalHeight);
    bring();
  };
  return (
    <Scroller name={document.name} scroller={scroller} onPage={onPage}>
      <div ref={sheets} className={style.pages} style={{ inlineSize: `calc(min(100%, 56rem) * ${zoom})` }}>
        {width > 0 &&
          pages.map((page) => (
            <PagePicture
              key={page}
              name={document.name}
              page={page}
              source={pictureOf(document.id, page)}
              ratio={ratio}
              places={places.get(page) ?? NONE}
              focus={focus}
              loaded={loaded}
            />
          ))}
      </div>
    </Scroller>
  );
}

const NONE: readonly Place[] = [];

/** The rectangles of each page; those of what states a value lie over those of what states another. */
function placesByPage(passages: readonly Passage[], regions: readonly Schema<"PassageRegions">[]) {
  const found = new Map<number, Place[]>();
  for (const [at, passage] of passages.entries()) {
    for (const region of regions[at]?.regions ?? []) {
      const places = found.get(region.page) ?? [];
      found.set(region.page, places);
      places.push({ at, tone: passage.tone, region });
    }
  }
  for (const places of found.values()) places.sort((a, b) => a.tone.localeCompare(b.tone));
  return found;
}

/** The width of the element that gets the reference, in CSS pixels; 0 until it is known. */
function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}

/** Keeps the focused rectangle in view while pictures arrive and move it, until the person scrolls. */
function useFocusInView(scroller: RefObject<HTMLElement | null>, key: string, isThere: boolean): () => void {
  const hasScrolled = useRef(false);
  const bring = () => {
    const view = scroller.current;
    if (!view || hasScrolled.current) return undefined;
    return bringIntoView(view, () => view.querySelector(`rect.${style.focused}`)?.getBoundingClientRect());
  };
  const latest = useRef(bring);
  latest.current = bring;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is in focus, and at which size
  useEffect(() => {
    hasScrolled.current = false;
    return isThere ? latest.current() : undefined;
  }, [key, isThere]);

  useEffect(() => {
    const note = () => {
      hasScrolled.current = true;
    };
    return scroller.current ? whenScrolledByHand(scroller.current, note) : undefined;
  }, [scroller]);
  return bring;
}
