// Takes values of a variable's type: typed or chosen, with two ends, several of them.
import type { ClipboardEvent } from "react";
import { Button, Group } from "react-aria-components";
import { useTranslations } from "use-intl";
import { isChosen } from "./TypedValue/choices.ts";
import { type Draft, isEnds, isKept, mayBeRange, type One } from "./TypedValue/draft.ts";
import type { FieldProps } from "./TypedValue/field.ts";
import { RangeField } from "./TypedValue/RangeField.tsx";
import { SeveralOf } from "./TypedValue/SeveralOf.tsx";
import { TextOfValue } from "./TypedValue/TextOfValue.tsx";
import style from "./TypedValue/TypedValue.module.css";

interface Props extends Omit<FieldProps, "text" | "onChange"> {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** How many values there may be. */
  most?: number;
  /** Whether a number or date may have two ends. */
  hasRanges?: boolean;
}

export function TypedValue({ draft, onChange, most = 1, ...field }: Props) {
  const { kind, label, isTold = false, autoFocus = false } = field;
  const [first] = draft.ones;
  if (kind.type === "CATEGORY" && isChosen(kind) && (most > 1 || draft.ones.length > 1)) {
    return (
      <SeveralOf kind={kind} label={label} draft={draft} onChange={onChange} isTold={isTold} autoFocus={autoFocus} />
    );
  }
  if (most > 1 || draft.ones.length > 1) return <Several {...field} draft={draft} onChange={onChange} most={most} />;
  return <OneValue {...field} one={first ?? null} onChange={(one) => onChange({ ...draft, ones: [one] })} />;
}

function Several({ draft, onChange, most = 1, ...field }: Props) {
  const t = useTranslations("typed");
  const { ones } = draft;
  const put = (changed: readonly One[]) => onChange({ isList: true, ones: changed });
  // A list that is copied elsewhere has a value in each line.
  const paste = (event: ClipboardEvent, at: number) => {
    const lines = event.clipboardData
      .getData("text")
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "");
    if (lines.length < 2 || ones[at] !== null || ones.length - 1 + lines.length > most) return;
    event.preventDefault();
    put(ones.toSpliced(at, 1, ...lines.map((line) => line.trim())));
  };
  return (
    <Group aria-label={field.label} className={style.several ?? ""}>
      <span className="react-aria-Label" aria-hidden="true">
        {field.label}
      </span>
      {ones.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value has no name but its place
        <div key={at} className={style.item} onPaste={(event) => paste(event, at)}>
          <OneValue
            {...field}
            label={t("valueOf", { number: at + 1 })}
            one={one}
            onChange={(changed) => put(ones.with(at, changed))}
            rows={1}
            autoFocus={field.autoFocus === true && at === ones.length - 1}
          />
          {ones.length > 1 && (
            <Button aria-label={t("remove", { number: at + 1 })} onPress={() => put(ones.toSpliced(at, 1))}>
              ✕
            </Button>
          )}
        </div>
      ))}
      {ones.length < most && (
        <div>
          <Button onPress={() => put([...ones, null])}>{t("oneMore")}</Button>
        </div>
      )}
    </Group>
  );
}

function OneValue({
  one,
  onChange,
  hasRanges = false,
  ...field
}: Omit<Props, "draft" | "onChange" | "most"> & { one: One; onChange: (one: One) => void }) {
  const t = useTranslations("typed");
  if (isKept(one)) {
    return (
      <Group aria-label={field.label} className={style.several ?? ""}>
        <span className="react-aria-Label">{field.label}</span>
        <code dir="ltr">{JSON.stringify(one.kept)}</code>
        <Button onPress={() => onChange(null)}>{t("replace")}</Button>
      </Group>
    );
  }
  if (isEnds(one) || (hasRanges && mayBeRange(field.kind))) {
    return <RangeField {...field} one={one} onChange={onChange} />;
  }
  return <TextOfValue {...field} text={one} onChange={onChange} />;
}
