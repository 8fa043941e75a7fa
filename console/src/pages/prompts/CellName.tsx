// Where a cell of the dataset stands: a link to its document, and the entity if its row is one.
import { Link } from "@tanstack/react-router";

/** The head of a table's row. */
export function CellName({
  cell,
  projectId,
}: {
  cell: { document_id: string; document_name: string; entity_text: string };
  projectId: string;
}) {
  return (
    <th scope="row">
      <Link to="/projects/$projectId/documents/$documentId" params={{ projectId, documentId: cell.document_id }}>
        <bdi>{cell.document_name}</bdi>
      </Link>
      {cell.entity_text && <div dir="auto">{cell.entity_text}</div>}
    </th>
  );
}
