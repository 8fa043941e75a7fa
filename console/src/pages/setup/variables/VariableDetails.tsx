// A variable as it is defined, for whoever may look and not edit.
import { useTranslations } from "use-intl";
import { useValueText } from "~/parts/CellValue.tsx";
import type { Variable } from "../queries.ts";
import { definitionIn, FIELDS } from "./draft.ts";
import { shownField } from "./shown.ts";
import { useWords } from "./useWords.ts";
import style from "./Variables.module.css";

export function VariableDetails({ variable }: { variable: Variable }) {
  const t = useTranslations("setup.variable");
  const word = useWords();
  const text = useValueText();
  const definition = definitionIn(variable);
  const told = FIELDS.map((field) => [field, shownField(definition, field, word, text)] as const);
  return (
    <section className={style.editor} aria-labelledby="variable">
      <h3 id="variable">
        <bdi>{variable.display_name}</bdi>
      </h3>
      <dl className={style.details}>
        {told
          .filter(([, shown]) => shown !== "")
          .map(([field, shown]) => (
            <div key={field}>
              <dt>{t(`field.${field}`)}</dt>
              <dd dir="auto">{shown}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
