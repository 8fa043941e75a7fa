// How an export is written: its rows, the columns beside values, and what a format lets one choose.
import { Input, Label, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Check } from "~/parts/Check.tsx";
import { Choice } from "~/parts/Choice.tsx";
import style from "./ExportsPage.module.css";
import { COLUMNS, type Column, DELIMITERS, type ExportWish, hasOwnShape } from "./formats.ts";

interface Part {
  wish: ExportWish;
  change: (changed: Partial<ExportWish>) => void;
}

const SIGNS = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" } as const;

export function ExportOptionsForm({ wish, change }: Part) {
  const t = useTranslations("exports");
  return (
    <div className="stack">
      {!hasOwnShape(wish.format) && (
        <Choice
          label={t("layout")}
          options={[
            ["WIDE", t("wide")],
            ["LONG", t("long")],
          ]}
          value={wish.isLong ? "LONG" : "WIDE"}
          onChange={(layout) => change({ isLong: layout === "LONG" })}
        />
      )}
      <Columns wish={wish} change={change} />
      <Check isSelected={wish.asCodes} onChange={(asCodes) => change({ asCodes })} about={t("asCodesAbout")}>
        {t("asCodes")}
      </Check>
      <Check isSelected={wish.pseudonyms} onChange={(pseudonyms) => change({ pseudonyms })}>
        {t("pseudonyms")}
      </Check>
      {wish.format === "CSV" && <CsvOptions wish={wish} change={change} />}
      {wish.format === "BUNDLE" && (
        <Check isSelected={wish.texts} onChange={(texts) => change({ texts })} about={t("textsAbout")}>
          {t("texts")}
        </Check>
      )}
      <TextField value={wish.name} onChange={(name) => change({ name })} maxLength={60}>
        <Label>{t("name")}</Label>
        <Input dir="auto" />
        <Text slot="description">{t("nameAbout")}</Text>
      </TextField>
    </div>
  );
}

function Columns({ wish, change }: Part) {
  const t = useTranslations("exports");
  const choose = (column: Column, is: boolean) =>
    change({ columns: is ? [...wish.columns, column] : wish.columns.filter((one) => one !== column) });
  const offered = COLUMNS.filter((column) => column !== "candidates" || (wish.format === "JSON" && !wish.isLong));
  return (
    <fieldset className={style.group}>
      <legend>{t("columns")}</legend>
      <div className={style.checks}>
        {offered.map((column) => (
          <Check key={column} isSelected={wish.columns.includes(column)} onChange={(is) => choose(column, is)}>
            {t(`column.${column}`)}
          </Check>
        ))}
      </div>
    </fieldset>
  );
}

function CsvOptions({ wish, change }: Part) {
  const t = useTranslations("exports");
  return (
    <>
      <Choice
        label={t("delimiter")}
        options={DELIMITERS.map((sign) => [sign, t(`signs.${SIGNS[sign]}`)] as const)}
        value={wish.delimiter}
        onChange={(delimiter) => change({ delimiter })}
      />
      <Check
        isSelected={wish.byteOrderMark}
        onChange={(byteOrderMark) => change({ byteOrderMark })}
        about={t("byteOrderMarkAbout")}
      >
        {t("byteOrderMark")}
      </Check>
      <Check
        isSelected={wish.replaceLineBreaks}
        onChange={(replaceLineBreaks) => change({ replaceLineBreaks })}
        about={t("lineBreaksAbout")}
      >
        {t("lineBreaks")}
      </Check>
    </>
  );
}
