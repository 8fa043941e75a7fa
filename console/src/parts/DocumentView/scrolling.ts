// Moves what is looked for into view within a box that scrolls, and tells which page is in view there.
import { countBelow } from "./offsets.ts";

const MARGIN = 24;
const MOST_FRAMES = 40;
const STILL = 4;
const SIGNS = ["wheel", "pointerdown", "keydown"] as const;

/** Calls the function whenever a person begins to scroll; the returned one ends that. */
export function whenScrolledByHand(scroller: HTMLElement, act: () => void): () => void {
  for (const sign of SIGNS) scroller.addEventListener(sign, act, { passive: true });
  return () => {
    for (const sign of SIGNS) scroller.removeEventListener(sign, act);
  };
}

/**
 * Scrolls so that the rectangle is in view, in the upper half; not at all where it is already.
 *
 * What is laid out only when it comes into view moves the rest: so it looks again until it has stood still for some
 * frames, or until the person scrolls. The returned function ends that.
 */
export function bringIntoView(scroller: HTMLElement, rectangle: () => DOMRect | undefined): () => void {
  let frame = 0;
  let still = 0;
  let left = MOST_FRAMES;
  let before = Number.NaN;
  const look = () => {
    move(scroller, rectangle);
    const place = rectangle()?.top ?? 0;
    still = place === before ? still + 1 : 0;
    before = place;
    left -= 1;
    if (left > 0 && still < STILL) frame = requestAnimationFrame(look);
    else end();
  };
  const end = () => {
    cancelAnimationFrame(frame);
    forget();
  };
  const forget = whenScrolledByHand(scroller, end);
  look();
  return end;
}

function move(scroller: HTMLElement, rectangle: () => DOMRect | undefined): void {
  const box = rectangle();
  if (!box) return;
  const view = scroller.getBoundingClientRect();
  // The box may reach out of the window.
  const top = Math.max(view.top, 0);
  const bottom = Math.min(view.bottom, window.innerHeight);
  if (box.top < top + MARGIN || box.bottom > bottom - MARGIN) {
    scroller.scrollTop += box.top - top - Math.max(MARGIN, (bottom - top - box.height) / 3);
  }
  const below = (rectangle()?.bottom ?? 0) - bottom;
  if (below > 0 && view.bottom > window.innerHeight) window.scrollBy(0, below + MARGIN);
  if (box.left < view.left || box.right > view.right) {
    scroller.scrollLeft += box.left + box.width / 2 - view.left - view.width / 2;
  }
}

const pagesIn = (scroller: HTMLElement) => scroller.querySelectorAll<HTMLElement>("[data-page]");

/** The number of the page in view, 1 where there are no pages. */
export function pageInView(scroller: HTMLElement): number {
  const pages = pagesIn(scroller);
  const line = scroller.scrollTop + scroller.clientHeight / 3;
  const at = countBelow(pages.length, (page) => (pages[page]?.offsetTop ?? 0) <= line) - 1;
  return Number(pages[Math.max(0, at)]?.dataset.page ?? 1);
}

/** Brings the beginning of a page into view. */
export function goToPage(scroller: HTMLElement, page: number): void {
  const wanted = scroller.querySelector<HTMLElement>(`[data-page="${page}"]`);
  if (wanted) scroller.scrollTop = wanted.offsetTop;
}
