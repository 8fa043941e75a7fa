"""What a job covers: the documents that are chosen, without what the dataset has of them, where this is asked for.

A document that no job has coded is asked all that the job asks. Of the others only stale cells are asked, and what
depends on them; those whose rows were found for another unit of observation, or by another model, are coded whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import with_dependents
from coderai.services.extractor.usecases.choosing import Chosen, NothingStale, Wanted, choose, to_ask
from coderai.services.extractor.usecases.ports import DocumentHead, Documents, Store


@dataclass(frozen=True, slots=True)
class _Dataset:
    """What the dataset has of a project's documents, by their ids."""

    stale: Mapping[UUID, Sequence[str]]
    """Names of the variables with stale cells."""
    found_by: Mapping[UUID, str]
    """The model that identified the rows, empty where none has."""
    with_rows: Collection[UUID]
    of_another_unit: Collection[UUID]

    def is_whole(self, document_id: UUID, codebook: Codebook) -> bool:
        """Whether the document is asked everything, its rows looked for again."""
        model = self.found_by.get(document_id)
        if not model or document_id in self.of_another_unit:
            return True
        is_lacking = document_id in self.stale or document_id not in self.with_rows
        return codebook.unit.multiple and model != codebook.model and is_lacking


async def cover(documents: Documents, wanted: Wanted, codebook: Codebook, seed: int) -> Chosen:
    """The documents of a job under its codebook, each with what the job asks.

    Raises:
        UnknownVariables, UnknownDocuments, NoDocuments, DocumentsNotRead, NothingReadable
    """
    variables = to_ask(codebook, wanted.variables)
    return (await choose(documents, wanted, seed)).asking(variables)


async def without_current(store: Store, project_id: UUID, codebook: Codebook, chosen: Chosen) -> Chosen:
    """The documents of which the dataset lacks something, each asked that; `chosen` are all that a job would cover.

    Raises:
        NothingStale
    """
    dataset = _Dataset(
        stale=await store.stale_variables(project_id, codebook, chosen.variables(codebook), True),
        found_by=await store.rows_found_by(project_id),
        with_rows=(await store.entities_known(project_id)).keys(),
        of_another_unit=await store.of_another_unit(project_id, codebook),
    )
    return _without_current(chosen, codebook, dataset)


def _without_current(chosen: Chosen, codebook: Codebook, dataset: _Dataset) -> Chosen:
    """Raises NothingStale.

    A document that cannot be read is no reason for a job, unless the dataset does not say so yet; it stands in one that
    there is for other reasons.
    """
    only = dict(chosen.only)
    kept, reasons = list[DocumentHead](), 0
    for head in chosen.documents:
        stale = dataset.stale.get(head.id, ())
        if not head.is_readable:
            reasons += head.id not in dataset.found_by
        elif dataset.is_whole(head.id, codebook):
            reasons += 1
        elif stale:
            reasons += 1
            only[head.id] = with_dependents(codebook.variables, stale)
        else:
            continue
        kept.append(head)
    if not reasons:
        raise NothingStale()
    return replace(chosen, documents=kept, only=only, current_left_out=len(chosen.documents) - len(kept))
