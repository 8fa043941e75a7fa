// One document: as people see it, and what was coded from it.
import { getRouteApi } from "@tanstack/react-router";
import { DocumentView, type Passage } from "~/parts/DocumentView.tsx";

const route = getRouteApi("/inside/projects/$projectId/documents/$documentId");
const NONE: readonly Passage[] = [];

export function DocumentPage() {
  const { documentId } = route.useParams();
  return <DocumentView documentId={documentId} passages={NONE} />;
}
