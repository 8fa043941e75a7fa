// A box that is scrolled where what is in it is too large for it: by keys, too.
import { type ReactNode, useEffect, useRef, useState } from "react";

/** `label`: what is in it. It is a stop of the Tab key, and has that name, only while it can be scrolled. */
export function Scroll({
  label,
  className = "",
  children,
}: {
  label: string;
  className?: string | undefined;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [isScrolled, setIsScrolled] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setIsScrolled(isLarger(element)));
    for (const one of [element, ...element.children]) observer.observe(one);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      className={`scroll ${className}`}
      {...(isScrolled && { tabIndex: 0, role: "group", "aria-label": label })}
    >
      {children}
    </div>
  );
}

const isLarger = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }: Element) =>
  scrollWidth > clientWidth || scrollHeight > clientHeight;
