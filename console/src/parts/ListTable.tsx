// A list of things that can be acted on, as a table: a column for what is known of each, and a last one for the acts.
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import style from "./ListTable.module.css";

/** `titledBy`: the id of its heading; `children`: its rows. */
export function ListTable({
  titledBy,
  columns,
  children,
}: {
  titledBy: string;
  columns: readonly string[];
  children: ReactNode;
}) {
  const t = useTranslations("common");
  return (
    <div className="scroll">
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
    </div>
  );
}
