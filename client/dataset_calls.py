"""The part of the API that is about the dataset, what is stale in it, and its units; methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coderai.client.calls import Calls
from coderai.client.models import (
    DatasetPage,
    DatasetRow,
    DatasetStatistics,
    Facets,
    Job,
    JobEstimate,
    Staleness,
    Unit,
    UnitChange,
)
from coderai.messages.requests import UnitState


class DatasetCalls(Calls):
    """The project's dataset: of every cell the newest answer of any job, with people's corrections over it.

    A `filter` is a list of conditions that all must hold, such as "participants>=100", "location.status=FLAGGED",
    "any.stale=true" (DatasetService.ListDatasetRows has them all).
    """

    def dataset_rows(
        self, project_id: str, *, filter: Sequence[str] = (), sort: str = "", variables: Sequence[str] = ()
    ) -> Iterator[DatasetRow]:
        """The rows, in upload order or sorted: by a variable, VARIABLE.confidence, document, entity; "-" reverses."""
        path = f"projects/{project_id}/dataset/rows"
        return self._items(DatasetRow, path, sort=sort, filter=list(filter), variables=list(variables))

    def dataset_page(
        self,
        project_id: str,
        *,
        filter: Sequence[str] = (),
        sort: str = "",
        variables: Sequence[str] = (),
        size: int = 50,
        offset: int = 0,
    ) -> DatasetPage:
        """Some rows from the one at `offset` (from 0) on, with the number of all under the filter."""
        wanted = {"filter": list(filter), "variables": list(variables), "sort": sort}
        path = f"projects/{project_id}/dataset/rows"
        return DatasetPage.model_validate(self._session.get(path, page_size=size, offset=offset or None, **wanted))

    def facets(
        self, project_id: str, *, filter: Sequence[str] = (), variables: Sequence[str] = (), top: int | None = None
    ) -> Facets:
        """What the rows under a filter hold, per variable: values, confidence, missing reasons, flags."""
        wanted = {"filter": list(filter), "variables": list(variables), "top": top}
        return Facets.model_validate(self._session.get(f"projects/{project_id}/dataset/facets", **wanted))

    def dataset_statistics(self, project_id: str) -> DatasetStatistics:
        """What the dataset holds, per variable, and of which documents pages were not read."""
        return DatasetStatistics.model_validate(self._session.get(f"projects/{project_id}/dataset/statistics"))

    # What is stale

    def staleness(self, project_id: str, *, other_model: bool = False) -> Staleness:
        """How many cells should be asked again; `other_model`: those too that another model has answered."""
        path = f"projects/{project_id}/dataset/staleness"
        return Staleness.model_validate(self._session.get(path, other_model=other_model or None))

    def estimate_renewal(
        self, project_id: str, *, variables: Sequence[str] = (), other_model: bool = False
    ) -> JobEstimate:
        """What renew() would take."""
        path, body = f"projects/{project_id}/dataset/renew/estimate", _renewal(variables, other_model)
        return JobEstimate.model_validate(self._session.post(path, body))

    def renew(self, project_id: str, *, variables: Sequence[str] = (), other_model: bool = False) -> Job:
        """Starts the job that asks just what is stale, and what depends on it."""
        path, body = f"projects/{project_id}/dataset/renew", _renewal(variables, other_model)
        return Job.model_validate(self._session.post(path, body))

    # Units

    def units(self, project_id: str, *, document_id: str = "", state: UnitState | None = None) -> Iterator[Unit]:
        """The rows' units, or with `state` those that are none (any more)."""
        return self._items(Unit, f"projects/{project_id}/units", document_id=document_id, state=state)

    def add_unit(self, project_id: str, document_id: str, text: str, *, quote: str = "", note: str = "") -> UnitChange:
        """Adds an entity that was missed; `quote`: the words of the document that name it, else the text itself."""
        body = {"document_id": document_id, "entity": {"text": text, "quote": quote}, "note": note}
        return UnitChange.model_validate(self._session.post(f"projects/{project_id}/units", body))

    def remove_unit(self, unit_id: str, *, note: str = "") -> UnitChange:
        """Removes an entity that is none; what people have said of its cells is kept."""
        return UnitChange.model_validate(
            self._session.request("DELETE", f"units/{unit_id}", json={"note": note}).json()
        )

    def merge_units(self, unit_id: str, unit_ids: Sequence[str], *, note: str = "") -> UnitChange:
        """Makes one entity of several of a document: `unit_id` stays, the others become part of it."""
        body = {"unit_ids": list(unit_ids), "note": note}
        return UnitChange.model_validate(self._session.post(f"units/{unit_id}/merge", body))

    def split_unit(self, unit_id: str, parts: Sequence[Mapping[str, str]], *, note: str = "") -> UnitChange:
        """Makes several entities of one; each part has a `text`, and perhaps a `quote` where the document names it."""
        body: dict[str, Any] = {"parts": [dict(part) for part in parts], "note": note}
        return UnitChange.model_validate(self._session.post(f"units/{unit_id}/split", body))

    def unit_changes(self, project_id: str, *, document_id: str = "") -> Iterator[UnitChange]:
        """What people have changed of the units, newest first."""
        return self._items(UnitChange, f"projects/{project_id}/unit-changes", document_id=document_id)

    def undo_unit_change(self, change_id: str) -> UnitChange:
        """Takes a change of units back; refused when a later one builds on it."""
        return UnitChange.model_validate(self._session.request("DELETE", f"unit-changes/{change_id}").json())


def _renewal(variables: Sequence[str], other_model: bool) -> dict[str, Any]:
    return {"variables": list(variables), "other_model": other_model}
