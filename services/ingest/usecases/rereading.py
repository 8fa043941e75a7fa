"""Has documents read again, once it is known, or confirmed, what that may cost of what was extracted from them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.ingest.domain.document import Document, Manner
from coderai.services.ingest.domain.problems import CodingsWouldBeLost, PartOfAnother
from coderai.services.ingest.usecases.ports import Codings, CodingsOf, OpenStore
from coderai.services.ingest.usecases.queueing import queue_documents

_CONFIRM = "true reads it again all the same"


async def reread_document(
    open_store: OpenStore, codings_of: CodingsOf, who: Identity, document_id: UUID, asked: Manner, *, replace: bool
) -> None:
    """Has a document read again as `asked`; by the text column that it has when none is named.

    Raises:
        DocumentNotFound
        PartOfAnother: it is a row of a table, or a file of an archive.
        CodingsWouldBeLost: something was extracted from it, and `replace` does not say that it may go.
        Unavailable: it cannot be learnt whether that is so.
    """

    def manner(document: Document) -> Manner:
        return Manner(asked.text_column or document.manner.text_column, asked.whole)

    await ask_again(open_store, codings_of, who, document_id, manner, replace=replace)


async def ask_again(
    open_store: OpenStore,
    codings_of: CodingsOf,
    who: Identity,
    document_id: UUID,
    manner: Callable[[Document], Manner | None],
    *,
    replace: bool,
) -> bool:
    """Has a document read in the manner that follows from it; whether it is to be, as it need not when that is None.

    Raises as reread_document does.
    """
    async with open_store(who.workspace_id) as store:
        document = await store.document(document_id)
        part_ids = await store.part_ids(document)
    if document.source_document_id is not None:
        source = document.source_document_id
        raise PartOfAnother(f"{document.name} is a part of another document: have that read again ({source})")
    if document.gave_something and not replace:
        _must_be_nothing(document, await codings_of(document.project_id, [document.id, *part_ids]))
    async with open_store(who.workspace_id) as store:
        document = await store.document(document_id)
        wanted = manner(document)
        if wanted is None or (document.is_unread and wanted == document.manner):
            return False
        await store.ask(document, wanted)
        await queue_documents(store)
        await store.commit()
        return True


def _must_be_nothing(document: Document, codings: Codings) -> None:
    if not codings.documents and not codings.corrections:
        return
    coded = f"{document.name} is coded"
    if document.document_count:
        coded = f"{codings.documents:,} of the {document.document_count:,} documents of {document.name} are coded"
    jobs = f"{len(codings.job_ids):,} job{'s' if len(codings.job_ids) != 1 else ''}"
    raise CodingsWouldBeLost(
        f"{coded}, by {jobs}: where reading it again changes a text, what was extracted from that is lost"
        f" ({codings.extractions:,} extractions in all); {codings.corrections:,} corrections by people stay."
        " To read it again all the same, send replace: true",
        fields={"replace": _CONFIRM},
    )
