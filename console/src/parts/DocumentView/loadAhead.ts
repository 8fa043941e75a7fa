// Asks ahead for what a document's view will show, so that it is there when a person comes to it.
import { api } from "~/api/client.ts";
import { queries } from "~/api/queries.ts";
import { hasPictures, pictureOf, regionsQuery, textQuery } from "./asked.ts";
import type { Passage } from "./passage.ts";

/** The document, where the passages stand, and the picture of the first one's page, or the text. What fails is asked again when shown. */
export async function loadAhead(documentId: string, passages: readonly Passage[]): Promise<void> {
  try {
    const path = { document_id: documentId };
    const document = await queries.ensureQueryData(
      api.queryOptions("get", "/v1/documents/{document_id}", { params: { path } }),
    );
    if (document.status !== "READY") return;
    if (!hasPictures(document)) await queries.ensureQueryData(textQuery(documentId));
    else if (passages.length) {
      const { passages: found } = await queries.ensureQueryData(regionsQuery(documentId, passages));
      const page = found[0]?.regions[0]?.page;
      if (page === undefined) await queries.ensureQueryData(textQuery(documentId));
      else new Image().src = pictureOf(documentId, page);
    }
  } catch {
    // Nobody has asked for it yet.
  }
}
