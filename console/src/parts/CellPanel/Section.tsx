// A part of the panel under a heading of its own.
import { type ReactNode, useState } from "react";
import style from "./CellPanel.module.css";

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h4 className={style.section}>{title}</h4>
      {children}
    </section>
  );
}

/** One that opens by its heading; what is in it is asked for only then. */
export function Fold({ title, children }: { title: string; children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className={style.section}>{title}</summary>
      {isOpen && children}
    </details>
  );
}
