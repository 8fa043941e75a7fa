// The formats of exports, and what a person chooses of one, as the API takes it.
import type { Schema } from "~/api/types.ts";

export const FORMATS = [
  "XLSX",
  "CSV",
  "SAV",
  "DTA",
  "PARQUET",
  "SQLITE",
  "JSON",
  "JSONL",
  "HTML",
  "BUNDLE",
] as const satisfies readonly Schema<"ExportFormat">[];
export type Format = (typeof FORMATS)[number];

/** Columns that may stand beside the values, in the order in which people ask for them. */
export const COLUMNS = [
  "source",
  "page",
  "confidence",
  "missing_reason",
  "status",
  "flags",
  "support",
  "origin",
  "bounds",
  "verdict",
  "reviewer",
  "weight",
  "prompt_version",
  "model",
  "candidates",
] as const satisfies readonly (keyof Schema<"ExportOptionsInput">)[];
export type Column = (typeof COLUMNS)[number];

export const STATUSES = ["EXTRACTED", "VALIDATED", "FLAGGED", "FAILED"] as const;
export const DELIMITERS = [",", ";", "\t", "|"] as const;

export interface ExportWish {
  format: Format;
  isLong: boolean;
  columns: readonly Column[];
  asCodes: boolean;
  delimiter: (typeof DELIMITERS)[number];
  byteOrderMark: boolean;
  replaceLineBreaks: boolean;
  pseudonyms: boolean;
  texts: boolean;
  name: string;
  /** The dataset when empty. */
  jobId: string;
  variables: readonly string[];
  statuses: readonly string[];
  onlyReviewed: boolean;
  /** Only rows for which all of these hold; of the dataset alone. */
  filter: readonly string[];
  /** Only documents whose names have this in them; all when empty. */
  documents: string;
}

export const FIRST_WISH: ExportWish = {
  format: "XLSX",
  isLong: false,
  columns: ["source", "confidence", "missing_reason"],
  asCodes: false,
  delimiter: ",",
  byteOrderMark: true,
  replaceLineBreaks: false,
  pseudonyms: false,
  texts: false,
  name: "",
  jobId: "",
  variables: [],
  statuses: [],
  onlyReviewed: false,
  filter: [],
  documents: "",
};

/** Formats whose layout and columns are always the same, so that nothing is asked about them. */
export function hasOwnShape(format: Format): boolean {
  return format === "HTML" || format === "BUNDLE" || format === "SQLITE";
}

/** The request; `documentIds` are those that the wish's `documents` means. Only what the format knows is sent. */
export function requestOf(wish: ExportWish, documentIds: readonly string[]): Schema<"CreateExportRequest"> {
  const isCsv = wish.format === "CSV";
  const columns = wish.columns.filter((column) => column !== "candidates" || (wish.format === "JSON" && !wish.isLong));
  return {
    format: wish.format,
    layout: wish.isLong && !hasOwnShape(wish.format) ? "LONG" : "WIDE",
    ...(wish.jobId && { job_id: wish.jobId }),
    options: {
      ...Object.fromEntries(columns.map((column) => [column, true])),
      ...(wish.asCodes && { categories_as: "CODES" }),
      ...(isCsv && {
        delimiter: wish.delimiter,
        byte_order_mark: wish.byteOrderMark,
        replace_line_breaks: wish.replaceLineBreaks,
      }),
      ...(wish.pseudonyms && { pseudonyms: true }),
      ...(wish.format === "BUNDLE" && { texts: wish.texts }),
      ...(wish.name.trim() && { name: wish.name.trim() }),
    },
    choice: {
      variables: [...wish.variables],
      statuses: [...wish.statuses],
      only_reviewed: wish.onlyReviewed,
      document_ids: [...documentIds],
      filter: wish.jobId ? [] : [...wish.filter],
    },
  };
}

/** The address of a file of an export; the browser sends the session's cookie with it. */
export function addressOf(exportId: string, file: string): string {
  return `/v1/exports/${exportId}/download?file=${encodeURIComponent(file)}`;
}

/** The size of a file as people say it. */
export function sizeOf(bytes: number, locale: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const at = Math.min(units.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const style = { style: "unit", unit: units[at] ?? "byte", unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, style).format(bytes / 1_000 ** at);
}
