// Keeps the focus from getting lost: where what had it is taken away, what stands in its place gets it.

/** Where something stood that was taken away. */
interface Gap {
  parent: Node;
  before: Node | null;
}

/** Begins; once, as it goes on for as long as the page is open. */
export function keepFocus(): void {
  let last: Element | null = null;
  const look = () => {
    last = isLost() ? null : document.activeElement;
  };
  document.addEventListener("focusin", look);
  // Who clicks on nothing wants the focus nowhere; that is known only after the click.
  document.addEventListener("pointerdown", () => setTimeout(look));
  new MutationObserver((records) => {
    if (!last || !isLost()) return;
    const held = last;
    if (held.isConnected) return void (held instanceof HTMLElement && held.focus());
    const gap = gapOf(held, records);
    // Dialogs and lists that close give the focus back themselves.
    if (gap) afterFrames(2, () => isLost() && fill(gap));
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
}

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

function afterFrames(count: number, act: () => void): void {
  requestAnimationFrame(() => (count > 1 ? afterFrames(count - 1, act) : act()));
}

/** Where it stood, or the part of the page that was taken away with it. */
function gapOf(held: Element, records: readonly MutationRecord[]): Gap | null {
  const taken = records.findLast(({ removedNodes }) => [...removedNodes].some((node) => node.contains(held)));
  return taken ? { parent: taken.target, before: taken.previousSibling } : null;
}

/** Gives the focus to what has come in the place, else to what is around it. */
function fill({ parent, before }: Gap): void {
  const inPlace = before?.parentNode === parent ? nextElement(before) : parent.firstChild && nextElement(parent, true);
  let one: Element | null = inPlace ?? (parent instanceof Element ? parent : parent.parentElement);
  while (one && one !== document.body && one.isConnected) {
    if (one instanceof HTMLElement && takesFocus(one)) return;
    one = one.parentElement;
  }
  const main = document.querySelector("main");
  if (main) takesFocus(main);
}

function nextElement(from: Node, isParent = false): Element | null {
  let node = isParent ? from.firstChild : from.nextSibling;
  while (node && !(node instanceof Element)) node = node.nextSibling;
  return node;
}

/** A part that is no control gets the focus as a whole: what it is is read out, and Tab goes on in it. */
function takesFocus(one: HTMLElement): boolean {
  if (one.tabIndex < 0 && !one.hasAttribute("tabindex")) {
    one.tabIndex = -1;
    one.addEventListener("blur", () => one.removeAttribute("tabindex"), { once: true });
  }
  one.focus({ preventScroll: one.matches("main, main > *") });
  return document.activeElement === one;
}
