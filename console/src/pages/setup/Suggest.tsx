// A button that has the co-pilot suggest something, and what came of it.
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { LeftOut } from "~/parts/Copilot/LeftOut.tsx";
import { ProposalCard } from "~/parts/Copilot/ProposalCard.tsx";
import { schemaChanged } from "~/parts/Copilot/queries.ts";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Waiting } from "~/parts/Waiting.tsx";
import style from "./SetupPage.module.css";

/** What a suggestion gives. */
export interface Suggested {
  proposals: readonly Schema<"Proposal">[];
  leftOut: readonly string[];
  /** What else came of it, such as findings. */
  more?: ReactNode;
}

/** `ask`: gets what the person wants to know, in words; `hintLabel`: absent where nothing may be said. */
export function Suggest({
  label,
  ask,
  hintLabel,
  waiting,
}: {
  label: string;
  ask: (hint: string) => Promise<Suggested>;
  hintLabel?: string;
  waiting: string;
}) {
  const t = useTranslations("setup.suggest");
  const [hint, setHint] = useState("");
  const asked = useMutation({ mutationFn: () => ask(hint.trim()), onSuccess: () => void schemaChanged() });
  return (
    <div className="stack">
      <div className={style.suggest}>
        {hintLabel && (
          <TextField value={hint} onChange={setHint} className={`react-aria-TextField ${style.grow}`}>
            <Label>{hintLabel}</Label>
            <Input dir="auto" maxLength={10_000} />
          </TextField>
        )}
        <Button isDisabled={asked.isPending} onPress={() => asked.mutate()}>
          {label}
        </Button>
      </div>
      {asked.isPending && <Waiting what={waiting} />}
      {asked.error !== null && <ProblemNotice error={asked.error} retry={() => asked.mutate()} />}
      {asked.data && <Answer found={asked.data} nothing={t("nothing")} />}
    </div>
  );
}

function Answer({ found, nothing }: { found: Suggested; nothing: string }) {
  return (
    <div className="stack" role="status">
      {found.more}
      {found.proposals.map((proposal) => (
        <ProposalCard key={proposal.id} given={proposal} />
      ))}
      {found.proposals.length === 0 && found.more === undefined && <p>{nothing}</p>}
      <LeftOut texts={found.leftOut} />
    </div>
  );
}
