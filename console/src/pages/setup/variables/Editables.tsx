// A list in the editor whose items are added, removed and moved.
import type { ReactNode } from "react";
import { Button, Group } from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./Variables.module.css";

/** `children` shows one item; `nameOf` names it for whoever cannot see which button belongs to it. */
export function Editables<Item extends { key: string }>({
  legend,
  about,
  items,
  change,
  fresh,
  addLabel,
  nameOf,
  children,
}: {
  legend: string;
  about?: string;
  items: readonly Item[];
  change: (items: Item[]) => void;
  fresh: () => Item;
  addLabel: string;
  nameOf: (item: Item, at: number) => string;
  children: (item: Item, set: (changed: Partial<Item>) => void, at: number) => ReactNode;
}) {
  const t = useTranslations("setup.variable");
  const set = (at: number, changed: Partial<Item>) =>
    change(items.map((item, place) => (place === at ? { ...item, ...changed } : item)));
  const move = (at: number) => {
    const moved = [...items];
    moved.splice(at - 1, 2, ...moved.slice(at - 1, at + 1).reverse());
    change(moved);
  };
  return (
    <fieldset className={style.editables}>
      <legend>{legend}</legend>
      {about && <p className="quiet">{about}</p>}
      {items.map((item, at) => (
        <Group key={item.key} className={style.editable ?? ""} aria-label={nameOf(item, at)}>
          <div className={style.editableFields}>{children(item, (changed) => set(at, changed), at)}</div>
          <div className={style.editableActs}>
            <Button
              className="react-aria-Button plain"
              aria-label={t("moveUp", { name: nameOf(item, at) })}
              isDisabled={at === 0}
              onPress={() => move(at)}
            >
              <span aria-hidden="true">↑</span>
            </Button>
            <Button
              className="react-aria-Button plain"
              aria-label={t("removeOne", { name: nameOf(item, at) })}
              onPress={() => change(items.filter((_, place) => place !== at))}
            >
              <span aria-hidden="true">✕</span>
            </Button>
          </div>
        </Group>
      ))}
      <div>
        <Button onPress={() => change([...items, fresh()])}>{addLabel}</Button>
      </div>
    </fieldset>
  );
}
