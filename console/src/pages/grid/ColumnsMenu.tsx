// Which columns are shown, and in what order.
import { Button, Checkbox, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { AS_THEY_ARE, type Columns, inOrder, moved } from "./columns.ts";
import style from "./menus.module.css";

export function ColumnsMenu({
  variables,
  columns,
  change,
}: {
  variables: readonly Schema<"Variable">[];
  columns: Columns;
  change: (columns: Columns) => void;
}) {
  const t = useTranslations("grid");
  const ordered = inOrder(variables, columns);
  const hide = (name: string, isHidden: boolean) =>
    change({ ...columns, hidden: isHidden ? [...columns.hidden, name] : columns.hidden.filter((one) => one !== name) });
  return (
    <DialogTrigger>
      <Button>{t("columns", { shown: variables.length - columns.hidden.length, all: variables.length })}</Button>
      <Popover placement="bottom end">
        <Dialog aria-label={t("columnsTitle")} className={`react-aria-Dialog ${style.columns}`}>
          <div className="row">
            <Button onPress={() => change({ ...columns, hidden: [] })}>{t("showAll")}</Button>
            <Button onPress={() => change(AS_THEY_ARE)}>{t("asSetUp")}</Button>
          </div>
          <ul className={style.list}>
            {ordered.map(({ id, name, display_name }) => (
              <li key={id} className={style.item}>
                <Checkbox isSelected={!columns.hidden.includes(name)} onChange={(isShown) => hide(name, !isShown)}>
                  {({ isSelected }) => (
                    <>
                      <span className="box" aria-hidden="true">
                        {isSelected && "✓"}
                      </span>
                      <bdi>{display_name || name}</bdi>
                    </>
                  )}
                </Checkbox>
                <Button
                  className="react-aria-Button plain"
                  aria-label={t("moveEarlier", { name: display_name || name })}
                  onPress={() => change(moved(variables, columns, name, -1))}
                >
                  ↑
                </Button>
                <Button
                  className="react-aria-Button plain"
                  aria-label={t("moveLater", { name: display_name || name })}
                  onPress={() => change(moved(variables, columns, name, 1))}
                >
                  ↓
                </Button>
              </li>
            ))}
          </ul>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
