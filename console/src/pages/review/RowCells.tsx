// The other cells of the row: what else the dataset says of the document or entity.
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "~/parts/CellValue.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { StatusMark } from "~/parts/marks.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { rowsOf } from "./ahead.ts";
import { type Item, isBlind } from "./queue.ts";
import style from "./ReviewPage.module.css";

type Variables = ReadonlyMap<string, Schema<"Variable">>;

export function RowCells({ projectId, item, variables }: { projectId: string; item: Item; variables: Variables }) {
  const t = useTranslations("review");
  const { document_id, unit_id } = item.extraction;
  const rows = api.useQuery(...rowsOf(projectId, document_id));
  return (
    <section aria-labelledby="row">
      <h3 id="row">{t("row")}</h3>
      {isBlind(item) ? (
        <p className="quiet">{t("rowBlind")}</p>
      ) : (
        <Loaded query={rows}>
          {({ items }) => {
            const row = items.find((one) => one.unit_id === unit_id);
            return row ? (
              <Cells row={row} current={item.extraction.variable} variables={variables} />
            ) : (
              <p>{t("noRow")}</p>
            );
          }}
        </Loaded>
      )}
    </section>
  );
}

function Cells({ row, current, variables }: { row: Schema<"DatasetRow">; current: string; variables: Variables }) {
  const t = useTranslations("review");
  return (
    <Scroll label={t("row")}>
      <table className={style.row}>
        <thead>
          <tr>
            <th scope="col">{t("variable")}</th>
            <th scope="col">{t("value")}</th>
            <th scope="col">{t("state")}</th>
          </tr>
        </thead>
        <tbody>
          {row.cells.map((cell) => (
            <tr key={cell.variable} aria-current={cell.variable === current ? "true" : undefined}>
              <th scope="row">
                <bdi>{variables.get(cell.variable)?.display_name || cell.variable}</bdi>
              </th>
              <td>
                <CellValue value={cell.value} reason={cell.missing_reason} />
              </td>
              <td>
                <StatusMark status={cell.status} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
