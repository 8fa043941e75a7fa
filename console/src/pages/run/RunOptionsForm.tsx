// The choices of a run: which documents, which variables, how much is verified.
import { NumberParser } from "@internationalized/number";
import { Button, Group, Input, Label, NumberField, Radio, RadioGroup, useLocale } from "react-aria-components";
import { useTranslations } from "use-intl";
import { Check } from "~/parts/Check.tsx";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import type { RunOptions } from "./options.ts";
import { useVariables } from "./queries.ts";
import style from "./RunPage.module.css";

type Change = (changed: Partial<RunOptions>) => void;
const KINDS = ["SAMPLE", "FULL"] as const;
const VERIFIED = ["NONE", "DOUBTFUL", "ALL"] as const;
const MOST = 10_000;
/** As it is written while it is typed. */
const PLAIN: Intl.NumberFormatOptions = { useGrouping: false };

export function RunOptionsForm({
  projectId,
  options,
  change,
  isTried,
}: {
  projectId: string;
  options: RunOptions;
  change: Change;
  isTried: boolean;
}) {
  const t = useTranslations("run");
  const isSample = options.kind === "SAMPLE";
  return (
    <div className="stack">
      <RadioGroup value={options.kind} onChange={(kind) => change({ kind: kind as RunOptions["kind"] })}>
        <Label>{t("which")}</Label>
        <div className={style.kinds}>
          {KINDS.map((kind) => (
            <Radio key={kind} value={kind}>
              {({ isSelected }) => (
                <>
                  <span className="box" aria-hidden="true">
                    {isSelected && "●"}
                  </span>
                  {t(`kinds.${kind}`)}
                </>
              )}
            </Radio>
          ))}
        </div>
      </RadioGroup>
      {isSample ? (
        <SampleOptions options={options} change={change} />
      ) : (
        <FullOptions {...{ options, change, isTried }} />
      )}
      <Check isSelected={options.withoutDuplicates} onChange={(is) => change({ withoutDuplicates: is })}>
        {t("withoutDuplicates")}
      </Check>
      <VariableChoice projectId={projectId} chosen={options.variables} choose={(variables) => change({ variables })} />
      <Choice
        label={t("verify.label")}
        options={[["project", t("verify.project")], ...VERIFIED.map((one) => [one, t(`verify.${one}`)] as const)]}
        value={options.verify ?? "project"}
        onChange={(key) => change({ verify: key === "project" ? undefined : key })}
      />
    </div>
  );
}

function SampleOptions({ options, change }: { options: RunOptions; change: Change }) {
  const t = useTranslations("run");
  const { locale } = useLocale();
  // The estimate follows what is typed, so that the button beside it starts what is seen.
  const follow = (typed: string) => {
    const size = new NumberParser(locale, PLAIN).parse(typed);
    if (Number.isInteger(size) && size >= 1 && size <= MOST) change({ sampleSize: size });
  };
  return (
    <>
      <NumberField
        className={`react-aria-NumberField ${style.size}`}
        value={options.sampleSize}
        minValue={1}
        maxValue={MOST}
        formatOptions={PLAIN}
        onChange={(size) => Number.isFinite(size) && change({ sampleSize: size })}
      >
        <Label>{t("sampleSize")}</Label>
        <Group className={style.stepper ?? ""}>
          <Button slot="decrement">−</Button>
          <Input onInput={(event) => follow(event.currentTarget.value)} />
          <Button slot="increment">+</Button>
        </Group>
      </NumberField>
      <Check isSelected={options.isFirst} onChange={(is) => change({ isFirst: is })} about={t("firstAbout")}>
        {t("first")}
      </Check>
    </>
  );
}

function FullOptions({ options, change, isTried }: { options: RunOptions; change: Change; isTried: boolean }) {
  const t = useTranslations("run");
  return (
    <>
      <Check isSelected={options.isOnlyNew} onChange={(is) => change({ isOnlyNew: is })} about={t("onlyNewAbout")}>
        {t("onlyNew")}
      </Check>
      {!isTried && (
        <Check
          isSelected={options.skipSample}
          onChange={(is) => change({ skipSample: is })}
          about={t("skipSampleAbout")}
        >
          {t("skipSample")}
        </Check>
      )}
    </>
  );
}

function VariableChoice({
  projectId,
  chosen,
  choose,
}: {
  projectId: string;
  chosen: readonly string[];
  choose: (names: readonly string[]) => void;
}) {
  const t = useTranslations("run");
  const variables = useVariables(projectId);
  return (
    <fieldset className={style.group}>
      <legend>{t("variables")}</legend>
      <Check isSelected={chosen.length === 0} onChange={() => choose([])}>
        {t("allVariables")}
      </Check>
      <details className={style.fold}>
        <summary>{t("someVariables")}</summary>
        <Loaded query={variables}>
          {({ items }) => (
            <div className={style.variables}>
              {items.map(({ name, display_name }) => (
                <Check
                  key={name}
                  isSelected={chosen.includes(name)}
                  onChange={(is) => choose(is ? [...chosen, name] : chosen.filter((one) => one !== name))}
                >
                  <bdi>{display_name || name}</bdi>
                </Check>
              ))}
            </div>
          )}
        </Loaded>
        <p className="quiet">{t("dependents")}</p>
      </details>
    </fieldset>
  );
}
