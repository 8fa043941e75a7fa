// Puts items of a list in another place.

/** The items with those of `keys` before or after the target, in the order that they have. */
export function moved<Item extends { id: string }>(
  items: readonly Item[],
  keys: ReadonlySet<string>,
  target: string,
  position: "before" | "after",
): Item[] {
  const taken = items.filter(({ id }) => keys.has(id));
  const others = items.filter(({ id }) => !keys.has(id) || id === target);
  const at = others.findIndex(({ id }) => id === target);
  const before = others.slice(0, position === "before" ? at : at + 1);
  const after = others.slice(position === "before" ? at : at + 1);
  return [...before, ...taken, ...after].filter((item, place, all) => all.indexOf(item) === place);
}
