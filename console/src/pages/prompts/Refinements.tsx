// Better prompts, made from what reviewers said: what goes wrong, options that would mend it, tried before one is chosen.
import { useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { isProblem } from "~/api/problem.ts";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Waiting } from "~/parts/Waiting.tsx";
import { MoreToReview } from "./MoreToReview.tsx";
import style from "./PromptsPage.module.css";
import { useNames, useRefine, useRefinements } from "./queries.ts";
import { Refinement } from "./Refinement.tsx";

export function Refinements({ variable }: { variable: Schema<"Variable"> }) {
  const t = useTranslations("prompts.refine");
  const { mayEdit } = useRights();
  const refinements = useRefinements(variable.id);
  return (
    <div className={style.sections}>
      <p className="quiet">{t("about")}</p>
      {mayEdit && <NewRefinement variable={variable} />}
      <Loaded query={refinements}>
        {({ items }) =>
          items.length ? (
            items.map((one, at) => <OneRefinement key={one.id} refinement={one} isOpen={at === 0} />)
          ) : (
            <p>{t("none")}</p>
          )
        }
      </Loaded>
    </div>
  );
}

/** Where too little is known to make options of. */
const TOO_LITTLE = ["nothing_to_mend", "nothing_to_learn_from", "nothing_to_try_on"];

function NewRefinement({ variable }: { variable: Schema<"Variable"> }) {
  const t = useTranslations("prompts.refine");
  const [hint, setHint] = useState("");
  const refine = useRefine(variable.id);
  const isTooLittle = isProblem(refine.error) && TOO_LITTLE.includes(refine.error.code);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        refine.mutate(hint.trim(), { onSuccess: () => setHint("") });
      }}
    >
      <div className={style.ask}>
        <TextField value={hint} onChange={setHint} className={`react-aria-TextField ${style.grow}`}>
          <Label>{t("hint")}</Label>
          <Input dir="auto" maxLength={5_000} />
        </TextField>
        <Button type="submit" className="react-aria-Button primary" isDisabled={refine.isPending}>
          {t("make")}
        </Button>
      </div>
      {refine.isPending && <Waiting what={t("making")} />}
      {refine.error !== null && <ProblemNotice error={refine.error} />}
      {isTooLittle && <MoreToReview projectId={variable.project_id} />}
    </form>
  );
}

function OneRefinement({ refinement, isOpen }: { refinement: Schema<"Refinement">; isOpen: boolean }) {
  const t = useTranslations("prompts.refine");
  const format = useFormatter();
  const nameOf = useNames();
  const [isShown, setIsShown] = useState(isOpen);
  const when = format.dateTime(new Date(refinement.created_at), { dateStyle: "medium", timeStyle: "short" });
  const who = nameOf(refinement.author);
  return (
    <section className="card stack" aria-label={t("of", { when })}>
      <div className="row spread">
        <h3 className={style.heading}>{t("of", { when })}</h3>
        <span>{t(`status.${refinement.status}`)}</span>
        {who && <bdi className="quiet">{who}</bdi>}
        <Button
          className="react-aria-Button plain"
          aria-expanded={isShown}
          aria-label={t("showThis", { when })}
          onPress={() => setIsShown(!isShown)}
        >
          {isShown ? t("hide") : t("show")}
        </Button>
      </div>
      {isShown && <Refinement refinementId={refinement.id} />}
    </section>
  );
}
