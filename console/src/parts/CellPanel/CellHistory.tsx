// What people have said of a cell: who, when, what; what was taken back stays to be seen.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { api, client } from "~/api/client.ts";
import { useRights, useSession } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { CellValue } from "../CellValue.tsx";
import { Loaded } from "../Loaded.tsx";
import { MissingMark, VerdictMark } from "../marks.tsx";
import { ProblemNotice } from "../ProblemNotice.tsx";
import style from "./CellPanel.module.css";
import { cellChanged } from "./feedback.ts";
import { Section } from "./Section.tsx";

export function CellHistory({ extractionId }: { extractionId: string }) {
  const t = useTranslations("grid");
  const path = { extraction_id: extractionId };
  const said = api.useQuery("get", "/v1/extractions/{extraction_id}/feedback", { params: { path } });
  return (
    <Section title={t("history")}>
      <Loaded query={said}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">{t("noHistory")}</p>
          ) : (
            <ol className={style.history}>
              {items.map((one) => (
                <li key={one.id} className={one.stands ? "" : style.past}>
                  <Said feedback={one} />
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  );
}

function Said({ feedback }: { feedback: Schema<"Feedback"> }) {
  const t = useTranslations("grid");
  const format = useFormatter();
  const { mayEdit } = useRights();
  const name = useNames()(feedback.author);
  const when = (text: string) => format.dateTime(new Date(text), { dateStyle: "medium", timeStyle: "short" });
  const undo = useMutation({
    mutationFn: () => client.DELETE("/v1/feedback/{feedback_id}", { params: { path: { feedback_id: feedback.id } } }),
    onSuccess: cellChanged,
  });
  return (
    <>
      <p className={style.line}>
        <VerdictMark verdict={feedback.verdict} />
        {feedback.has_correction && feedback.corrected_value !== null && (
          <strong>
            <CellValue value={feedback.corrected_value} />
          </strong>
        )}
        {feedback.missing_reason && <MissingMark reason={feedback.missing_reason} />}
      </p>
      {feedback.note && (
        <p dir="auto" className={style.text}>
          {feedback.note}
        </p>
      )}
      <p className={`quiet ${style.line}`}>
        <bdi>{name}</bdi> · {when(feedback.created_at)}
        {feedback.undone_at && ` · ${t("takenBack", { when: when(feedback.undone_at) })}`}
        {mayEdit && feedback.stands && (
          <Button className="react-aria-Button plain" isPending={undo.isPending} onPress={() => undo.mutate()}>
            {t("takeBack")}
          </Button>
        )}
      </p>
      {undo.error !== null && <ProblemNotice error={undo.error} />}
    </>
  );
}

/** What the people of the workspace are called, by their ids. */
function useNames(): (id: string) => string {
  const t = useTranslations("grid");
  const session = useSession();
  const id = session?.workspace.id ?? "";
  const members = useQuery(
    api.queryOptions(
      "get",
      "/v1/workspaces/{workspace_id}/members",
      { params: { path: { workspace_id: id } } },
      { enabled: id !== "", staleTime: 300_000 },
    ),
  );
  return (author) => {
    if (author === session?.user.id) return t("you");
    return members.data?.items.find((one) => one.user_id === author)?.email || t("somebody");
  };
}
