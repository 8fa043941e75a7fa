// Taking the dataset away: what each format gives, what is wanted of the dataset, and the files that were written.
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Button, Radio, RadioGroup } from "react-aria-components";
import { useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { ChosenRows } from "./ChosenRows.tsx";
import { ExportChoiceForm } from "./ExportChoiceForm.tsx";
import { ExportList } from "./ExportList.tsx";
import { ExportOptionsForm } from "./ExportOptionsForm.tsx";
import style from "./ExportsPage.module.css";
import { type ExportWish, FIRST_WISH, FORMATS, type Format } from "./formats.ts";
import { NoSuchDocument, useCreateExport } from "./queries.ts";

const route = getRouteApi("/inside/projects/$projectId/exports");

const NO_FILTERS: readonly string[] = [];

export function ExportsPage() {
  const t = useTranslations("exports");
  const { mayEdit } = useRights();
  const { projectId } = route.useParams();
  return (
    <div className={style.page}>
      {mayEdit && (
        <section className="stack" aria-labelledby="new-export">
          <h2 id="new-export">{t("new")}</h2>
          <NewExport projectId={projectId} />
        </section>
      )}
      <section className="stack" aria-labelledby="exports">
        <h2 id="exports">{t("list")}</h2>
        <ExportList projectId={projectId} />
      </section>
    </div>
  );
}

function NewExport({ projectId }: { projectId: string }) {
  const t = useTranslations("exports");
  const { filter = NO_FILTERS } = route.useSearch();
  const [chosen, setWish] = useState<ExportWish>(FIRST_WISH);
  const wish = { ...chosen, filter };
  const create = useCreateExport(projectId);
  const change = (changed: Partial<ExportWish>) => setWish((before) => ({ ...before, ...changed }));
  return (
    <>
      {filter.length > 0 && <ChosenRows projectId={projectId} filter={filter} isOfJob={wish.jobId !== ""} />}
      <FormatChoice format={wish.format} choose={(format) => change({ format })} />
      <details className={style.fold}>
        <summary>{t("how")}</summary>
        <ExportOptionsForm wish={wish} change={change} />
      </details>
      <details className={style.fold}>
        <summary>{t("part")}</summary>
        <ExportChoiceForm projectId={projectId} wish={wish} change={change} />
      </details>
      {create.error instanceof NoSuchDocument ? (
        <p role="alert" className="field-error">
          {t("noSuchDocument")}
        </p>
      ) : (
        create.error !== null && <ProblemNotice error={create.error} />
      )}
      <div>
        <Button className="react-aria-Button primary" isDisabled={create.isPending} onPress={() => create.mutate(wish)}>
          {t("create")}
        </Button>
      </div>
    </>
  );
}

function FormatChoice({ format, choose }: { format: Format; choose: (format: Format) => void }) {
  const t = useTranslations("exports");
  return (
    <RadioGroup aria-label={t("format")} value={format} onChange={(key) => choose(key as Format)}>
      <div className={style.formats}>
        {FORMATS.map((one) => (
          <Radio key={one} value={one} className={`react-aria-Radio ${style.format}`}>
            {({ isSelected }) => (
              <>
                <span className="box" aria-hidden="true">
                  {isSelected && "●"}
                </span>
                <span className={style.words}>
                  <strong>{t(`formats.${one}.name`)}</strong>
                  <span className="quiet">{t(`formats.${one}.gives`)}</span>
                </span>
              </>
            )}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
