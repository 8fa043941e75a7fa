// Quality: how good the dataset is, what that rests on, and how to find out more.
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import { Choice } from "~/parts/Choice.tsx";
import { Loaded } from "~/parts/Loaded.tsx";
import { NothingCoded } from "~/parts/NothingCoded.tsx";
import { Coverage } from "./Coverage.tsx";
import { DrawSample } from "./DrawSample.tsx";
import { Gold } from "./Gold.tsx";
import { Notes } from "./GoldScores.tsx";
import { Overview } from "./Overview.tsx";
import { Samples } from "./Samples.tsx";
import { VariableDetails } from "./VariableDetails.tsx";

const route = getRouteApi("/inside/projects/$projectId/quality");

export function QualityPage() {
  const t = useTranslations("quality");
  const { projectId } = route.useParams();
  const params = { path: { project_id: projectId } };
  const samples = api.useQuery("get", "/v1/projects/{project_id}/review-samples", { params });
  const quality = api.useQuery("get", "/v1/projects/{project_id}/quality", { params });
  const hasSample = (samples.data?.items.length ?? 0) > 0;
  if (quality.data?.items.every(({ cells }) => cells === 0)) return <Empty projectId={projectId} />;
  return (
    <div className="stack">
      <h2>{t("title")}</h2>
      {samples.data && !hasSample && <DrawSample projectId={projectId} />}
      <Loaded query={quality}>
        {({ items, notes }) => (
          <>
            <section aria-labelledby="rests">
              <h3 id="rests">{t("rests")}</h3>
              <Notes of={notes} />
            </section>
            <Overview items={items} />
            <Details items={items} />
          </>
        )}
      </Loaded>
      <Loaded query={samples}>
        {({ items }) => (items.length > 0 ? <Samples samples={items} projectId={projectId} /> : null)}
      </Loaded>
      {hasSample && <DrawSample projectId={projectId} />}
      <Coverage projectId={projectId} />
      <Gold projectId={projectId} />
    </div>
  );
}

/** Known answers may be there before anything is coded. */
function Empty({ projectId }: { projectId: string }) {
  const t = useTranslations("quality");
  return (
    <div className="stack">
      <h2>{t("title")}</h2>
      <NothingCoded projectId={projectId} />
      <Gold projectId={projectId} />
    </div>
  );
}

/** One variable in detail, chosen from those that something is known of. */
function Details({ items }: { items: readonly Schema<"VariableQuality">[] }) {
  const t = useTranslations("quality");
  const known = items.filter(({ accuracy, agreement }) => accuracy !== null || agreement.length > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = known.find(({ variable }) => variable === chosen) ?? known[0];
  if (!shown) return null;
  return (
    <section className="stack" aria-labelledby="details">
      <h3 id="details">{t("details.title")}</h3>
      <div className="row">
        <Choice
          label={t("variable")}
          options={known.map(({ variable }) => [variable, variable] as const)}
          value={shown.variable}
          onChange={setChosen}
        />
      </div>
      <VariableDetails of={shown} />
    </section>
  );
}
