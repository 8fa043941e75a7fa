// The table to come: columns of what is accepted and proposed, cells from the words that proposals rest on.
import type { Schema } from "~/api/types.ts";

type Proposal = Schema<"Proposal">;

export interface Column {
  key: string;
  name: string;
  type: Schema<"VariableType"> | null;
  isProposed: boolean;
}

/** `value`: a category that was seen; else the words in which the value stands. */
export interface PreviewCell {
  text: string;
  isQuote: boolean;
}

export interface PreviewRow {
  documentId: string;
  documentName: string;
  /** By the columns' keys. */
  cells: ReadonlyMap<string, PreviewCell>;
}

const MOST_ROWS = 6;

/** Variables first, in their order, then those that proposals would add. */
export function columnsOf(variables: readonly Schema<"Variable">[], proposals: readonly Proposal[]): Column[] {
  const taken = new Set(variables.map(({ name }) => name));
  const columns: Column[] = variables.map(({ name, display_name, type }) => ({
    key: name,
    name: display_name,
    type,
    isProposed: false,
  }));
  for (const proposal of proposals) {
    if (proposal.status !== "PROPOSED") continue;
    for (const after of addedBy(proposal)) {
      if (taken.has(after.name)) continue;
      taken.add(after.name);
      columns.push({ key: after.name, name: after.display_name || after.name, type: after.type, isProposed: true });
    }
  }
  return columns;
}

function addedBy({ changes }: Proposal): Schema<"PartialVariable">[] {
  return changes.flatMap(({ action, variable_after }) =>
    action === "CREATE_VARIABLE" && variable_after ? [variable_after] : [],
  );
}

/** Documents of which most is shown first, then others; cells only of variables whose proposals have words of them. */
export function rowsOf(
  variables: readonly Schema<"Variable">[],
  proposals: readonly Proposal[],
  documents: readonly { id: string; name: string }[],
): PreviewRow[] {
  const names = new Map(variables.map(({ id, name }) => [id, name]));
  const rows = new Map<string, { documentName: string; cells: Map<string, PreviewCell> }>();
  const put = (quote: Schema<"SourceQuote">, key: string, cell: PreviewCell) => {
    const row = rows.get(quote.document_id) ?? { documentName: quote.document_name, cells: new Map() };
    rows.set(quote.document_id, row);
    if (!row.cells.has(key)) row.cells.set(key, cell);
  };
  for (const proposal of proposals) {
    const key = keyOf(proposal, names);
    if (key === undefined) continue;
    for (const { value, quote } of proposal.counts) if (quote) put(quote, key, { text: value, isQuote: false });
    for (const quote of proposal.quotes) put(quote, key, { text: quote.quote, isQuote: true });
  }
  for (const { id, name } of documents) if (!rows.has(id)) rows.set(id, { documentName: name, cells: new Map() });
  return [...rows]
    .map(([documentId, row]) => ({ documentId, ...row }))
    .sort((a, b) => b.cells.size - a.cells.size)
    .slice(0, MOST_ROWS);
}

/** The column that a proposal's words belong to: of one that was applied, by what it created. */
function keyOf(proposal: Proposal, names: ReadonlyMap<string, string>): string | undefined {
  const added = addedBy(proposal);
  if (added.length !== 1 || proposal.status === "REJECTED") return undefined;
  return proposal.status === "APPLIED" ? names.get(proposal.variable_ids[0] ?? "") : added[0]?.name;
}
