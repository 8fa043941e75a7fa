"""Fetches what a format takes beside the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from coderai.services.export.domain.export import Export
from coderai.services.export.domain.provenance import ChosenProvenance
from coderai.services.export.domain.texts import Need
from coderai.services.export.usecases.ports import Sources


@asynccontextmanager
async def fetched(
    sources: Sources,
    export: Export,
    needs: Collection[Need],
    reviewers: Sequence[str],
    with_rows: Sequence[str] = (),
) -> AsyncIterator[Mapping[str, Any]]:
    """What is needed, by the names of a Dataset's fields; it is on local disk until the block is left.

    `reviewers`: who stands in the rows, in the order of their pseudonyms; `with_rows`: documents that give rows, by id.
    A format that takes texts, and not how documents were read, gets those of no others.
    """
    async with AsyncExitStack() as stack:
        found: dict[str, Any] = {}
        wanted = export.choice.document_ids if Need.READINGS in needs else with_rows
        # Where none is named, ingest sends all.
        if Need.READINGS in needs or (Need.TEXTS in needs and wanted):
            texts = sources.texts.texts(export.project_id, wanted, with_text=Need.TEXTS in needs)
            found["texts"] = await stack.enter_async_context(texts)
        if Need.PROVENANCE in needs:
            whole = await stack.enter_async_context(sources.provenance.provenance(export.project_id, export.job_id))
            hides = export.options.pseudonyms
            found["provenance"] = ChosenProvenance.of(whole, export.choice, reviewers, with_pseudonyms=hides)
        yield found
