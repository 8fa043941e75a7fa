// Known answers: taken from a CSV or from review, and the dataset held against them.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button, FileTrigger } from "react-aria-components";
import { useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { GoldScores } from "./GoldScores.tsx";

const GOLD = "/v1/projects/{project_id}/gold";
type Split = Schema<"GoldSplit">;

export function Gold({ projectId }: { projectId: string }) {
  const t = useTranslations("quality.gold");
  const { mayEdit } = useRights();
  const gold = api.useQuery("get", GOLD, { params: { path: { project_id: projectId }, query: { page_size: 1 } } });
  return (
    <section className="stack" aria-labelledby="gold">
      <h3 id="gold">{t("title")}</h3>
      <p className="quiet">{t("what")}</p>
      <Loaded query={gold}>
        {({ dev_documents, test_documents, looks_at_test }) => (
          <>
            <p>{t("known", { dev: dev_documents, test: test_documents, looks: looks_at_test })}</p>
            {mayEdit && dev_documents + test_documents > 0 && <Score projectId={projectId} />}
          </>
        )}
      </Loaded>
      {mayEdit && <Import projectId={projectId} />}
    </section>
  );
}

function Import({ projectId }: { projectId: string }) {
  const t = useTranslations("quality.gold");
  const take = useMutation({
    mutationFn: async (body: Schema<"ImportGoldRequest">) =>
      (await client.POST(GOLD, { params: { path: { project_id: projectId } }, body })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["get", GOLD] }),
  });
  const read = async (files: FileList | null) => {
    const csv = await files?.[0]?.text();
    if (csv !== undefined) take.mutate({ csv });
  };
  return (
    <div className="stack">
      <p>{t("csv")}</p>
      <pre dir="ltr" className="scroll">
        {"document,participants\nrally.txt,250\nvigil.txt,"}
      </pre>
      <div className="row">
        <FileTrigger acceptedFileTypes={["text/csv", ".csv"]} onSelect={read}>
          <Button isPending={take.isPending}>{t("import")}</Button>
        </FileTrigger>
        <Button isPending={take.isPending} onPress={() => take.mutate({ from_review: true })}>
          {t("fromReview")}
        </Button>
      </div>
      {take.error !== null && <ProblemNotice error={take.error} />}
      {take.data && <Taken of={take.data} />}
    </div>
  );
}

/** What was taken, and what of each line was not. */
function Taken({ of }: { of: Schema<"ImportGoldResponse"> }) {
  const t = useTranslations("quality.gold");
  return (
    <div role="status" className="stack">
      <p>{t("taken", { cells: of.cells, documents: of.documents })}</p>
      {of.problems.length > 0 && (
        <Scroll label={t("problems", { count: of.problems.length })}>
          <table>
            <caption>{t("problems", { count: of.problems.length })}</caption>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {t("line")}
                </th>
                <th scope="col">{t("column")}</th>
                <th scope="col">{t("problem")}</th>
              </tr>
            </thead>
            <tbody>
              {of.problems.map(({ line, column, problem }) => (
                <tr key={`${line} ${column}`}>
                  <td className="number">{line}</td>
                  <td>
                    <bdi>{column}</bdi>
                  </td>
                  <td dir="auto" lang="en">
                    {problem}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}

/** Each look at the part that measures is counted, so it is taken only when a person asks for it. */
function Score({ projectId }: { projectId: string }) {
  const t = useTranslations("quality.gold");
  const [split, setSplit] = useState<Split>("DEV");
  const score = useMutation({
    mutationFn: async (body: Schema<"ScoreAgainstGoldRequest">) =>
      (await client.POST(`${GOLD}/score`, { params: { path: { project_id: projectId } }, body })).data,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["get", GOLD] }),
  });
  const options = [
    ["DEV", t("DEV")],
    ["TEST", t("TEST")],
  ] as const;
  return (
    <div className="stack">
      <div className="row">
        <Choice label={t("part")} options={options} value={split} onChange={setSplit} />
        <Button isPending={score.isPending} onPress={() => score.mutate({ split })}>
          {t("score")}
        </Button>
      </div>
      {split === "TEST" && <p className="quiet">{t("testCounts")}</p>}
      {score.error !== null && <ProblemNotice error={score.error} />}
      {score.data && <GoldScores of={score.data} />}
    </div>
  );
}
