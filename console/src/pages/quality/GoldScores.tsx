// How the dataset does against known answers, variable by variable.
import { useFormatter, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";
import { EstimateText } from "./EstimateText.tsx";

export function GoldScores({ of }: { of: Schema<"ScoreAgainstGoldResponse"> }) {
  const t = useTranslations("quality.gold");
  const format = useFormatter();
  return (
    <div role="status" className="stack">
      <p>{t("notRandom")}</p>
      <Scroll label={t("title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("variable")}</th>
              <th scope="col">{t("accuracy")}</th>
              {(["right", "wrong", "missed", "invented"] as const).map((kind) => (
                <th key={kind} scope="col" className="number">
                  {t(kind)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {of.items.map(({ variable, accuracy, right, wrong, missed, invented }) => (
              <tr key={variable}>
                <th scope="row">
                  <bdi>{variable}</bdi>
                </th>
                <td>
                  <EstimateText of={accuracy} />
                </td>
                <td className="number">{format.number(right)}</td>
                <td className="number">{format.number(wrong)}</td>
                <td className="number">{format.number(missed)}</td>
                <td className="number">{format.number(invented)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <Notes of={of.notes} />
    </div>
  );
}

/** What figures rest on and leave out, in the server's sentences. */
export function Notes({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <ul lang="en" dir="auto" className="quiet">
      {of.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
