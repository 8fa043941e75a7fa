// Two edits of the same thing, side by side, field by field: what somebody else has saved, and what was typed here.
import { useEffect, useRef, useState } from "react";
import { Button, Radio, RadioGroup } from "react-aria-components";
import { useTranslations } from "use-intl";
import style from "./ConflictNotice.module.css";
import type { Disagreement } from "./edits.ts";
import { Mark } from "./marks.tsx";

export type Side = "mine" | "theirs";

/** `textOf`: a field's value as people read it; `save`, `goOn`: get the fields that are taken from what was typed. */
export function ConflictNotice<Field extends string>({
  conflicts,
  nameOf,
  textOf,
  save,
  goOn,
  takeTheirs,
}: {
  conflicts: readonly Disagreement<Field>[];
  nameOf: (field: Field) => string;
  textOf: (field: Field, side: Side) => string;
  save: (fromMine: Field[]) => void;
  goOn: (fromMine: Field[]) => void;
  takeTheirs: () => void;
}) {
  const t = useTranslations("setup.conflict");
  const [chosen, setChosen] = useState<Partial<Record<Field, Side>>>({});
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const sideOf = ({ field, proposed }: { field: Field; proposed: Side }): Side => chosen[field] ?? proposed;
  const fromMine = conflicts.filter((one) => sideOf(one) === "mine").map(({ field }) => field);
  return (
    <section className={style.conflict} aria-labelledby="conflict">
      <h3 id="conflict" ref={heading} tabIndex={-1}>
        {t("title")}
      </h3>
      <p role="alert">{conflicts.length ? t("about", { count: conflicts.length }) : t("same")}</p>
      {conflicts.map((one) => (
        <RadioGroup
          key={one.field}
          value={sideOf(one)}
          onChange={(side) => setChosen((known) => ({ ...known, [one.field]: side }))}
          aria-label={nameOf(one.field)}
          className={style.disagreement ?? ""}
        >
          <div className="row">
            <strong>{nameOf(one.field)}</strong>
            {one.isByBoth && <Mark shape="≠" text={t("byBoth")} tone="doubt" />}
          </div>
          <div className={style.sides}>
            {(["mine", "theirs"] as const).map((side) => (
              <Radio key={side} value={side} className={`react-aria-Radio ${style.side}`}>
                <span className="box" aria-hidden="true">
                  {sideOf(one) === side ? "●" : ""}
                </span>
                <span className={style.sideText}>
                  <span className="quiet">{t(side)}</span>
                  <span dir="auto">{textOf(one.field, side) || t("nothing")}</span>
                </span>
              </Radio>
            ))}
          </div>
        </RadioGroup>
      ))}
      <div className="row">
        {conflicts.length > 0 && (
          <>
            <Button className="react-aria-Button primary" onPress={() => save(fromMine)}>
              {t("save")}
            </Button>
            <Button onPress={() => goOn(fromMine)}>{t("goOn")}</Button>
          </>
        )}
        <Button onPress={takeTheirs}>{conflicts.length ? t("takeTheirs") : t("close")}</Button>
      </div>
    </section>
  );
}
