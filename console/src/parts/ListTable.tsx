// A list of things that can be acted on, as a table: a column for what is known of each, and a last one for the acts.
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import style from "./ListTable.module.css";
import { Scroll } from "./Scroll.tsx";

/** `titledBy`: the id of its heading, `label`: what that says; `children`: its rows. */
export function ListTable({
  titledBy,
  label,
  columns,
  children,
}: {
  titledBy: string;
  label: string;
  columns: readonly string[];
  children: ReactNode;
}) {
  const t = useTranslations("common");
  return (
    <Scroll label={label}>
      <table className={style.table} aria-labelledby={titledBy}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            <th scope="col">
              <span className="spoken">{t("acts")}</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroll>
  );
}
