// Verdicts that the server did not take: what it says, what others say, and what the person does about it.
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api } from "~/api/client.ts";
import { Problem } from "~/api/problem.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { leaveUnsaved } from "~/parts/Unsaved.tsx";
import type { Entry, Outbox, Refusal } from "./outbox.ts";
import type { Item } from "./queue.ts";
import { SaidOf } from "./SaidOf.tsx";
import { useEntries } from "./sending.ts";

/** `goTo`: looks at the cell again. */
export function Refusals({
  outbox,
  projectId,
  goTo,
}: {
  outbox: Outbox;
  projectId: string;
  goTo: (item: Item) => void;
}) {
  const t = useTranslations("review.refused");
  const refused = useEntries(outbox).filter((entry) => entry.projectId === projectId && entry.refusal !== null);
  if (refused.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="refused">
      <h3 id="refused">{t("title", { count: refused.length })}</h3>
      {refused.map((entry) => (
        <Refused key={entry.id} entry={entry} outbox={outbox} goTo={goTo} />
      ))}
    </section>
  );
}

function Refused({ entry, outbox, goTo }: { entry: Entry; outbox: Outbox; goTo: (item: Item) => void }) {
  const t = useTranslations("review.refused");
  const { refusal, item, said } = entry;
  if (refusal === null) return null;
  const drop = () => outbox.takeBack(entry.id);
  return (
    <div className="stack">
      <strong>
        <bdi>{item.extraction.document_name}</bdi> · <bdi>{item.extraction.variable}</bdi>
      </strong>
      <ProblemNotice error={problemOf(refusal)} />
      <div className="row">
        <span className="quiet">{t("mine")}</span>
        <SaidOf said={said} />
      </div>
      {isConflict(refusal) && <Others extractionId={item.extraction.id} />}
      <div className="row">
        {isConflict(refusal) && (
          <Button className="react-aria-Button primary" onPress={() => outbox.insist(entry.id)}>
            {t("insist")}
          </Button>
        )}
        <Button
          onPress={() =>
            void leaveUnsaved(() => {
              drop();
              goTo(item);
            })
          }
        >
          {t("again")}
        </Button>
        <Button onPress={drop}>{isConflict(refusal) ? t("theirs") : t("drop")}</Button>
      </div>
    </div>
  );
}

/** What people say of a cell, as far as it stands. */
export function Others({ extractionId }: { extractionId: string }) {
  const t = useTranslations("review.refused");
  const format = useFormatter();
  const path = { extraction_id: extractionId };
  const said = api.useQuery("get", "/v1/extractions/{extraction_id}/feedback", { params: { path } });
  return (
    <Loaded query={said}>
      {({ items }) => (
        <ul>
          {items
            .filter((one) => one.stands)
            .map((one) => (
              <li key={one.id}>
                <span className="row">
                  <span className="quiet">
                    {t("saidAt", {
                      when: format.dateTime(new Date(one.created_at), { dateStyle: "medium", timeStyle: "short" }),
                    })}
                  </span>
                  <SaidOf said={one} />
                  {one.note && <bdi>{one.note}</bdi>}
                </span>
              </li>
            ))}
        </ul>
      )}
    </Loaded>
  );
}

/** Whether somebody else was there before. */
const isConflict = ({ status }: Refusal): boolean => status === 412;

const problemOf = ({ status, code, detail, correlationId }: Refusal) =>
  new Problem(status, code, detail, correlationId);
