"""The part of the API that tells what goes on in projects, and keeps what is one person's own; methods of CoderAI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coderai.client.calls import Calls
from coderai.client.models import DocumentCounts, ProjectActivity, View

_AT_A_TIME = 200
"""Projects that one request may ask for."""


class OverviewCalls(Calls):
    """Lists of projects, and saved views of datasets."""

    def count_documents(self, project_ids: Sequence[str]) -> Iterator[DocumentCounts]:
        """How many documents projects have, by status; one for each id, in their order."""
        for ids in _batches(project_ids):
            yield from self._items(DocumentCounts, "document-counts", paged=False, project_ids=ids)

    def project_activity(self, project_ids: Sequence[str]) -> Iterator[ProjectActivity]:
        """Rows, reviewed cells, jobs and costs of projects; one for each id, in their order."""
        for ids in _batches(project_ids):
            yield from self._items(ProjectActivity, "project-activity", paged=False, project_ids=ids)

    def mark_seen(self, project_id: str) -> None:
        """Notes that you have seen a project now (Project.seen_at)."""
        self._session.request("PUT", f"projects/{project_id}/seen")

    def views(self, project_id: str) -> Iterator[View]:
        """Your saved views of a project's dataset, by name."""
        return self._items(View, f"projects/{project_id}/views", paged=False)

    def create_view(
        self,
        project_id: str,
        name: str,
        *,
        filter: Sequence[str] = (),
        sort: str = "",
        columns: Sequence[Mapping[str, Any]] = (),
    ) -> View:
        """Keeps a view for yourself alone: filter and sort as of `dataset_rows`, and columns in their order.

        A column has `column` (a variable's id, "document" or "entity"), `width` and `pinned`.
        """
        body = {"name": name, "filter": list(filter), "sort": sort, "columns": [dict(one) for one in columns]}
        return View.model_validate(self._session.post(f"projects/{project_id}/views", body))

    def update_view(self, view_id: str, **fields: Any) -> View:
        """Changes the fields that are named: name, filter, sort, columns."""
        return View.model_validate(self._session.request("PATCH", f"views/{view_id}", json=fields).json())

    def delete_view(self, view_id: str) -> None:
        """Deletes a view of yours."""
        self._session.request("DELETE", f"views/{view_id}")


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    return (list(ids[start : start + _AT_A_TIME]) for start in range(0, len(ids), _AT_A_TIME))
