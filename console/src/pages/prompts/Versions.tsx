// The versions of a variable's prompt: which is asked, where each came from, by whom and when; compared and edited.

import { useState } from "react";
import { Button } from "react-aria-components";
import { useFormatter, useTranslations } from "use-intl";
import { useRights } from "~/api/session.ts";
import type { Schema } from "~/api/types.ts";
import { Loaded } from "~/parts/Loaded.tsx";
import { Mark } from "~/parts/marks.tsx";
import { ProblemNotice } from "~/parts/ProblemNotice.tsx";
import { Scroll } from "~/parts/Scroll.tsx";
import { tell } from "~/parts/toasts.tsx";
import { Compare } from "./Compare.tsx";
import { EditPrompt } from "./EditPrompt.tsx";
import style from "./PromptsPage.module.css";
import { useActivate, useNames, usePrompts } from "./queries.ts";

type Version = Schema<"PromptVersion">;

export function Versions({ variable }: { variable: Schema<"Variable"> }) {
  const t = useTranslations("prompts.versions");
  const prompts = usePrompts(variable.id);
  return (
    <Loaded query={prompts}>
      {({ items }) => (
        <div className={style.sections}>
          <section className="stack" aria-labelledby="versions">
            <h3 id="versions">{t("title", { count: items.length })}</h3>
            <ol className={style.versions}>
              {items.map((version) => (
                <OneVersion key={version.id} version={version} variableId={variable.id} />
              ))}
            </ol>
          </section>
          {items.length > 1 && <Compare versions={items} />}
        </div>
      )}
    </Loaded>
  );
}

function OneVersion({ version, variableId }: { version: Version; variableId: string }) {
  const t = useTranslations("prompts.versions");
  const { mayEdit } = useRights();
  const [isEdited, setIsEdited] = useState(false);
  const activate = useActivate();
  const number = version.version;
  return (
    <li className="card">
      <VersionHead version={version} />
      {isEdited ? (
        <EditPrompt version={version} variableId={variableId} close={() => setIsEdited(false)} />
      ) : (
        <details open={version.active}>
          <summary>{t("text")}</summary>
          <Scroll label={t("text")} className={style.prompt}>
            <div dir="auto">{version.text}</div>
          </Scroll>
          <p className="quiet">{t("settings", { temperature: version.temperature, tokens: version.max_tokens })}</p>
        </details>
      )}
      {activate.error !== null && <ProblemNotice error={activate.error} />}
      {mayEdit && !isEdited && (
        <div className="row">
          {!version.active && (
            <Button
              aria-label={t("activateThis", { number })}
              isDisabled={activate.isPending}
              onPress={() =>
                activate.mutate(version.id, {
                  onSuccess: () => tell({ text: t("activated", { number }), tone: "good" }),
                })
              }
            >
              {t("activate")}
            </Button>
          )}
          <Button aria-label={t("editThis", { number })} onPress={() => setIsEdited(true)}>
            {t("edit")}
          </Button>
        </div>
      )}
    </li>
  );
}

function VersionHead({ version }: { version: Version }) {
  const t = useTranslations("prompts.versions");
  const format = useFormatter();
  const nameOf = useNames();
  const who = nameOf(version.author);
  return (
    <div className={style.versionHead}>
      <strong>{t("version", { number: version.version })}</strong>
      {version.active && <Mark shape="●" text={t("active")} tone="good" />}
      <span>{t(`origin.${version.origin}`)}</span>
      <span className="quiet">
        {format.dateTime(new Date(version.created_at), { dateStyle: "medium", timeStyle: "short" })}
      </span>
      {who && (
        <span className="quiet">
          <bdi>{who}</bdi>
        </span>
      )}
    </div>
  );
}
