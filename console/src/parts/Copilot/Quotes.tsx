// Words of documents that something rests on, each with the way to where they stand.
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";
import type { Schema } from "~/api/types.ts";
import style from "./Copilot.module.css";

/** At most `most` of them at first; the others unfold. */
export function Quotes({
  quotes,
  projectId,
  most = 2,
}: {
  quotes: readonly Schema<"SourceQuote">[];
  projectId: string;
  most?: number;
}) {
  const t = useTranslations("copilot");
  if (quotes.length === 0) return null;
  const rest = quotes.slice(most);
  return (
    <div className={style.quotes}>
      <QuoteList quotes={quotes.slice(0, most)} projectId={projectId} />
      {rest.length > 0 && (
        <details>
          <summary>{t("moreQuotes", { count: rest.length })}</summary>
          <QuoteList quotes={rest} projectId={projectId} />
        </details>
      )}
    </div>
  );
}

function QuoteList({ quotes, projectId }: { quotes: readonly Schema<"SourceQuote">[]; projectId: string }) {
  return (
    <ul className={style.plainList}>
      {quotes.map((quote) => (
        <li key={`${quote.document_id} ${quote.start} ${quote.quote}`} className={style.quote}>
          <q dir="auto">{quote.quote}</q>{" "}
          <Link
            to="/projects/$projectId/documents/$documentId"
            params={{ projectId, documentId: quote.document_id }}
            search={{ start: quote.start, end: quote.end }}
            className={style.source}
          >
            <bdi>{quote.document_name}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  );
}
