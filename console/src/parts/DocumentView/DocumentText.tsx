// A document's text in its paragraphs, each in its own direction, with passages and what is sought marked.
import { memo, type RefObject, useEffect, useId, useMemo } from "react";
import { useTranslations } from "use-intl";
import style from "./DocumentView.module.css";
import { canHighlight, highlight, MARKS, type Mark } from "./highlights.ts";
import { type Piece, piecesOf, type Section, type Span } from "./paragraphs.ts";
import { Scroller } from "./Scroller.tsx";
import { bringIntoView } from "./scrolling.ts";

/** A part of the text, and how it is marked. */
export interface Marked extends Span {
  mark: Exclude<Mark, "focus">;
}

interface Shown {
  name: string;
  language: string;
  text: string;
  sections: readonly Section[];
  marked: readonly Marked[];
  /** What is brought into view, and marked the strongest. */
  focus: Span | undefined;
  scroller: RefObject<HTMLElement | null>;
  onPage: (page: number) => void;
}

export function DocumentText({ name, language, text, sections, marked, focus, scroller, onPage }: Shown) {
  const id = useId();
  const paragraphs = useMemo(() => sections.flatMap((section) => section.paragraphs), [sections]);

  // What is marked is told to the browser, not to React: no element of the text changes by it.
  useEffect(() => {
    const pieces = (spans: readonly Span[]) => spans.flatMap((span) => piecesOf(paragraphs, span));
    const ends = MARKS.map((mark) => {
      const spans = mark === "focus" ? (focus ? [focus] : []) : marked.filter((one) => one.mark === mark);
      return show(mark, id, pieces(spans));
    });
    return () => {
      for (const end of ends) end();
    };
  }, [id, paragraphs, marked, focus]);

  useEffect(() => {
    const [first] = focus ? piecesOf(paragraphs, focus) : [];
    const view = scroller.current;
    return first && view ? bringIntoView(view, () => rangeOf(id, first)?.getBoundingClientRect()) : undefined;
  }, [id, paragraphs, focus, scroller]);

  return (
    <Scroller name={name} scroller={scroller} onPage={onPage} lang={language || undefined}>
      <div className={style.text}>
        {sections.map((section) => (
          <TextSection key={`${section.first} ${section.page}`} id={id} text={text} section={section} />
        ))}
      </div>
    </Scroller>
  );
}

const TextSection = memo(function TextSection({ id, text, section }: { id: string; text: string; section: Section }) {
  const t = useTranslations("documents.view");
  return (
    <div className={style.section} data-page={section.page}>
      {section.page !== undefined && <p className={style.pageName}>{t("pageOf", { page: section.page })}</p>}
      {section.paragraphs.map(({ start, end, isApart }, at) => (
        <p key={start} id={`${id}${section.first + at}`} dir="auto" className={isApart ? style.apart : undefined}>
          {text.slice(start, end)}
        </p>
      ))}
    </div>
  );
});

function rangeOf(id: string, piece: Piece): Range | undefined {
  const text = document.getElementById(`${id}${piece.at}`)?.firstChild;
  if (!text) return undefined;
  const range = new Range();
  range.setStart(text, piece.start);
  range.setEnd(text, piece.end);
  return range;
}

/** Marks pieces; where the browser cannot mark parts of a paragraph, the whole is outlined. */
function show(mark: Mark, id: string, pieces: readonly Piece[]): () => void {
  if (canHighlight) {
    return highlight(
      mark,
      pieces.map((piece) => rangeOf(id, piece)).filter((range) => range !== undefined),
    );
  }
  const outline = style[`outlined-${mark}`] ?? "";
  const elements = pieces.map((piece) => document.getElementById(`${id}${piece.at}`));
  for (const element of elements) element?.classList.add(outline);
  return () => {
    for (const element of elements) element?.classList.remove(outline);
  };
}
