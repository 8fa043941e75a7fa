// The settings in the editor of a variable that most people leave as they are.
import { Input, Label, NumberField, Text, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Check } from "~/parts/Check.tsx";
import { Choice } from "~/parts/Choice.tsx";
import { TypedValue } from "~/parts/TypedValue.tsx";
import { type FieldsProps, kindOf, MOST_VALUES } from "./ListFields.tsx";
import style from "./Variables.module.css";

const UNCERTAIN = ["FLAG", "SKIP", "USE_DEFAULT", "KEEP"] as const;
const MULTIPLE = ["FIRST", "LAST", "ALL", "CONCATENATE", "FLAG"] as const;
const RANGE = ["EMPTY", "LOW", "HIGH", "MIDDLE"] as const;
const UNSUPPORTED = ["WITHHOLD", "FLAG"] as const;
const READINGS = ["STATED", "INFERRED"] as const;
/** Stands for the reading that is usual for the type. */
const USUAL = "USUAL";

export function ValueSettings({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("setup.variable");
  const isWrong = (field: string) => wrong.some((one) => one.field === field);
  const keepsSeveral = draft.if_multiple_values === "ALL" || draft.if_multiple_values === "CONCATENATE";
  return (
    <>
      <Check isSelected={draft.required} onChange={(required) => change({ required })} about={t("about.required")}>
        {t("field.required")}
      </Check>
      <div className={style.pair}>
        <NumberField
          value={draft.confidence_threshold}
          minValue={0}
          maxValue={1}
          step={0.01}
          onChange={(typed) => change({ confidence_threshold: Number.isNaN(typed) ? 0.7 : typed })}
        >
          <Label>{t("field.confidence_threshold")}</Label>
          <Input />
          <Text slot="description">{t("about.confidence_threshold")}</Text>
        </NumberField>
        <Choice
          label={t("field.if_uncertain")}
          options={UNCERTAIN.map((one) => [one, t(`ifUncertain.${one}`)] as const)}
          value={draft.if_uncertain}
          onChange={(if_uncertain) => change({ if_uncertain })}
        />
        <Choice
          label={t("field.if_multiple_values")}
          options={MULTIPLE.map((one) => [one, t(`ifMultiple.${one}`)] as const)}
          value={draft.if_multiple_values}
          onChange={(if_multiple_values) => change({ if_multiple_values })}
        />
        {keepsSeveral && (
          <NumberField
            value={draft.max_values}
            minValue={1}
            maxValue={20}
            onChange={(typed) => change({ max_values: Number.isNaN(typed) ? 5 : typed })}
          >
            <Label>{t("field.max_values")}</Label>
            <Input />
          </NumberField>
        )}
        {(draft.type === "NUMBER" || draft.type === "DATE") && (
          <Choice
            label={t("field.if_range")}
            options={RANGE.map((one) => [one, t(`ifRange.${one}`)] as const)}
            value={draft.if_range}
            onChange={(if_range) => change({ if_range })}
          />
        )}
        <TypedValue
          kind={kindOf(draft)}
          label={t("field.default_value")}
          draft={draft.default_value}
          onChange={(default_value) => change({ default_value })}
          rows={1}
          isTold={isWrong("default_value")}
          hasNone
        />
      </div>
    </>
  );
}

export function EvidenceSettings({ draft, change }: FieldsProps) {
  const t = useTranslations("setup.variable");
  const usual = draft.type === "CATEGORY" || draft.type === "BOOLEAN" ? "INFERRED" : "STATED";
  return (
    <div className={style.pair}>
      <Choice
        label={t("field.reading")}
        options={[
          [USUAL, t("readings.USUAL", { reading: t(`readings.${usual}`) })],
          ...READINGS.map((one) => [one, t(`readings.${one}`)] as const),
        ]}
        value={draft.reading ?? USUAL}
        onChange={(reading) => change({ reading: reading === USUAL ? null : reading })}
      />
      <Choice
        label={t("field.if_unsupported")}
        options={UNSUPPORTED.map((one) => [one, t(`ifUnsupported.${one}`)] as const)}
        value={draft.if_unsupported}
        onChange={(if_unsupported) => change({ if_unsupported })}
      />
    </div>
  );
}

export function RulesFields({ draft, change, wrong }: FieldsProps) {
  const t = useTranslations("setup.variable");
  const isWrong = wrong.some(({ field }) => field === "validation_rules");
  const isOrdered = draft.type === "NUMBER" || draft.type === "DATE";
  const common = { kind: kindOf(draft), rows: 1, isTold: isWrong } as const;
  return (
    <fieldset className={style.editables}>
      <legend>{t("field.validation_rules")}</legend>
      <p className="quiet">{t("about.validation_rules")}</p>
      <div className={style.pair}>
        {isOrdered && (
          <>
            <TypedValue {...common} label={t("least")} draft={draft.min} onChange={(min) => change({ min })} />
            <TypedValue {...common} label={t("greatest")} draft={draft.max} onChange={(max) => change({ max })} />
          </>
        )}
        <TextField value={draft.pattern} onChange={(pattern) => change({ pattern })}>
          <Label>{t("pattern")}</Label>
          <Input dir="ltr" spellCheck="false" />
        </TextField>
        <TypedValue
          {...common}
          label={t("allowed")}
          draft={draft.allowed}
          most={MOST_VALUES}
          onChange={(allowed) => change({ allowed })}
        />
      </div>
    </fieldset>
  );
}
