// What a document's view asks the API for.
import { api } from "~/api/client.ts";
import type { Schema } from "~/api/types.ts";
import type { Passage } from "./passage.ts";

const MOST_PASSAGES = 200;
const STEP = 200;
const MOST_PIXELS = 4000;
let pixels = 800;

/** Whether pages of the document can be drawn. */
export function hasPictures({ format, document_count }: Schema<"Document">): boolean {
  return format === "PDF" && document_count === 0;
}

/** A text of megabytes is not asked for again whenever the window comes to the front. */
export function textQuery(documentId: string) {
  const path = { document_id: documentId };
  return api.queryOptions("get", "/v1/documents/{document_id}/text", { params: { path } }, { staleTime: 300_000 });
}

/** Where the passages stand on the pages. */
export function regionsQuery(documentId: string, passages: readonly Passage[]) {
  const asked = passages.slice(0, MOST_PASSAGES);
  const query = { start: asked.map((one) => one.start), end: asked.map((one) => one.end) };
  return api.queryOptions(
    "get",
    "/v1/documents/{document_id}/regions",
    { params: { path: { document_id: documentId }, query } },
    { staleTime: 300_000 },
  );
}

/** The address of a page's picture, as wide as the last one shown. */
export function pictureOf(documentId: string, page: number): string {
  return `/v1/documents/${documentId}/pages/${page}/image?width=${pixels}`;
}

/** Sets how wide pictures are asked for, by the width in CSS pixels that they are shown at. */
export function fitPictures(width: number): void {
  if (width) pixels = Math.min(MOST_PIXELS, Math.ceil((width * window.devicePixelRatio) / STEP) * STEP);
}
