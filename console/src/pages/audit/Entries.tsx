// The entries of who did what, as a table.

import { useLocale as useDirection } from "react-aria-components";
import { useFormatter, useLocale, useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import { Scroll } from "~/parts/Scroll.tsx";
import { textOf } from "~/parts/values.ts";
import style from "./AuditPage.module.css";

type Entry = Schema<"AuditEntry">;

export function Entries({ entries }: { entries: readonly Entry[] }) {
  const t = useTranslations("audit");
  return (
    <Scroll label={t("title")}>
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">{t("when")}</th>
            <th scope="col">{t("who")}</th>
            <th scope="col">{t("what")}</th>
            <th scope="col">{t("thing")}</th>
            <th scope="col">{t("details")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ entry }: { entry: Entry }) {
  const t = useTranslations("audit");
  const format = useFormatter();
  const { actor } = entry;
  return (
    <tr>
      <td className={style.when}>
        <time dateTime={entry.happened_at}>
          {format.dateTime(new Date(entry.happened_at), { dateStyle: "medium", timeStyle: "medium" })}
        </time>
      </td>
      <td className={style.thing}>
        {actor.email ? <bdi>{actor.email}</bdi> : t(actor.user_id ? "gone" : "nobody")}
        {actor.api_key_id && (
          <div className="quiet">{t.rich("byKey", { name: () => <bdi>{actor.api_key_name}</bdi> })}</div>
        )}
      </td>
      <td>{t(`kinds.${entry.kind}`)}</td>
      <td className={style.thing}>
        <Thing entry={entry} />
      </td>
      <td className={style.details}>
        <Changes entry={entry} />
      </td>
    </tr>
  );
}

/** Runs have no name but their kind. */
function Thing({ entry: { kind, thing_name } }: { entry: Entry }) {
  const words = useTranslations("words");
  const key = `kind.${thing_name}` as Parameters<typeof words>[0];
  return kind.startsWith("JOB_") && words.has(key) ? words(key) : <bdi>{thing_name}</bdi>;
}

function Changes({ entry }: { entry: Entry }) {
  const t = useTranslations("audit");
  const tc = useTranslations("common");
  const locale = useLocale();
  const { direction } = useDirection();
  const words = { yes: tc("yes"), no: tc("no") };
  const told = (value: Schema<"JsonValue"> | null) => textOf(value, locale, words) || "–";
  return (
    <ul className={style.changes}>
      {entry.changes.map(({ field, before, after }) => (
        <li key={field}>
          <code>{field}</code>: <bdi>{told(before)}</bdi>{" "}
          <span role="img" aria-label={t("becomes")}>
            {direction === "rtl" ? "⇐" : "⇒"}
          </span>{" "}
          <bdi>{told(after)}</bdi>
        </li>
      ))}
      {entry.address && (
        <li className="quiet">
          {t("from")} <bdi dir="ltr">{entry.address}</bdi>
        </li>
      )}
    </ul>
  );
}
