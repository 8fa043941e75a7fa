// Two versions of a prompt, line by line.
import { useState } from "react";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Diff } from "~/parts/Copilot/Diff.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import style from "./PromptsPage.module.css";

/** `versions`: at least two, the newest first. */
export function Compare({ versions }: { versions: readonly Schema<"PromptVersion">[] }) {
  const t = useTranslations("prompts.compare");
  const of = useTranslations("prompts.versions");
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const to = chosen.to ?? versions[0]?.id ?? "";
  const from = chosen.from ?? versions[1]?.id ?? "";
  const diff = api.useQuery("get", "/v1/prompts/{prompt_id}/diff", {
    params: { path: { prompt_id: to }, query: { against_id: from } },
  });
  const options = versions.map(({ id, version }) => [id, of("version", { number: version })] as const);
  return (
    <section className="stack" aria-labelledby="compare">
      <h3 id="compare">{t("title")}</h3>
      <div className={style.pair}>
        <Choice
          label={t("from")}
          options={options}
          value={from}
          onChange={(id) => setChosen({ ...chosen, from: id })}
        />
        <Choice label={t("to")} options={options} value={to} onChange={(id) => setChosen({ ...chosen, to: id })} />
      </div>
      <Loaded query={diff}>{({ diff: text }) => <Diff diff={text} label={t("title")} />}</Loaded>
    </section>
  );
}
