// The box in which a document is scrolled, by keys too.
import type { ReactNode, RefObject } from "react";
import style from "./DocumentView.module.css";
import { pageInView } from "./scrolling.ts";

export function Scroller({
  name,
  scroller,
  onPage,
  lang,
  children,
}: {
  name: string;
  scroller: RefObject<HTMLElement | null>;
  onPage: (page: number) => void;
  lang?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section
      ref={scroller}
      className={style.scroller}
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys
      tabIndex={0}
      lang={lang}
      onScroll={(event) => onPage(pageInView(event.currentTarget))}
    >
      {children}
    </section>
  );
}
