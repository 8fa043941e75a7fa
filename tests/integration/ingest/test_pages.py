"""A document's pages as people see them, and where passages stand on them, through the running service."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.kit.errors import CoderAIError, Conflict, InvalidInput, NotFound
from coderai.kit.identity import Role
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.adapters.tables import document_texts
from coderai.services.ingest.domain.scanned_words import ScannedWord, pack
from tests.integration.ingest.conftest import Ingest
from tests.unit.ingest.files import zipped
from tests.unit.ingest.pages import drawn, letters, lines, under

FIRST = "The dockers walked out on Monday.\nSome three hundred people marched to the town hall."
SECOND = "The union had called for a strike.\nIt went on for two days, and the town hall gave in."
NOT_FOUND, NO_PICTURES = pb.REGIONS_MISSING_NOT_FOUND, pb.REGIONS_MISSING_NO_PICTURES


async def picture(ingest: Ingest, document_id: str, page: int = 1, **asked: Any) -> tuple[pb.PictureHead, bytes]:
    request = pb.DrawPageRequest(document_id=document_id, page=page, **asked)
    parts = [part async for part in ingest.stub.DrawPage(request)]
    return parts[0].head, b"".join(part.data for part in parts[1:])


async def regions(ingest: Ingest, document_id: str, *spans: tuple[int, int]) -> pb.GetDocumentRegionsResponse:
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    request = pb.GetDocumentRegionsRequest(document_id=document_id, start=starts, end=ends)
    answer: pb.GetDocumentRegionsResponse = await ingest.stub.GetDocumentRegions(request)
    return answer


async def text_of(ingest: Ingest, document_id: str) -> str:
    return str((await ingest.stub.GetDocumentText(pb.GetDocumentTextRequest(document_id=document_id))).text)


def span_of(text: str, quote: str) -> tuple[int, int]:
    return text.index(quote), text.index(quote) + len(quote)


async def test_a_page_is_drawn_and_known_again(ingest: Ingest) -> None:
    project = await ingest.new_project()
    document = await ingest.read(project, "a.pdf", drawn(lines(FIRST), lines(SECOND)))
    head, data = await picture(ingest, document.id, 2, width=800)
    assert (head.media_type, head.size) == ("image/png", len(data))
    assert Image.open(BytesIO(data)).width == 800
    again, nothing = await picture(ingest, document.id, 2, width=800, known_tags=["other", head.tag])
    assert (again.tag, again.size, again.media_type, nothing) == (head.tag, 0, "", b"")
    for asked in ({"page": 1, "width": 800}, {"page": 2, "width": 801}, {"page": 2}):
        other, data = await picture(ingest, document.id, **asked, known_tags=[head.tag])
        assert other.tag != head.tag
        assert data


async def test_passages_are_found_on_their_pages(ingest: Ingest) -> None:
    data = drawn(lines(FIRST), lines(SECOND))
    document = await ingest.read(await ingest.new_project(), "a.pdf", data)
    text = await text_of(ingest, document.id)
    quotes = ["walked out on Monday", "marched to the town hall.\nThe union had called", "the town hall gave in"]
    quotes[1] = text[text.index("marched") : text.index(" for a strike")]
    answer = await regions(ingest, document.id, *(span_of(text, quote) for quote in quotes))
    assert [[region.page for region in passage.regions] for passage in answer.passages] == [[1], [1, 2], [2]]
    assert not any(passage.missing for passage in answer.passages)
    for passage, quote in zip(answer.passages, quotes, strict=True):
        held = "".join(under(data, [region]) for region in passage.regions)
        assert letters(held) == letters(quote)
        assert text[passage.start : passage.end] == quote


async def test_what_has_no_pages_is_told_from_what_is_not_found(ingest: Ingest) -> None:
    project = await ingest.new_project()
    plain = await ingest.read(project, "a.txt", b"The dockers walked out.")
    answer = await regions(ingest, plain.id, (4, 11))
    assert [(list(passage.regions), passage.missing) for passage in answer.passages] == [([], NO_PICTURES)]
    with pytest.raises(InvalidInput, match="no pages to draw") as refused:
        await picture(ingest, plain.id)
    assert refused.value.code == "page_pictures_missing"
    document = await ingest.read(project, "a.pdf", drawn(lines(FIRST)))
    text = await text_of(ingest, document.id)
    answer = await regions(ingest, document.id, span_of(text, " "), span_of(text, "dockers"))
    assert [passage.missing for passage in answer.passages] == [NOT_FOUND, 0], "a space is nowhere"


async def test_files_in_archives_are_drawn_and_rows_of_tables_are_not(ingest: Ingest) -> None:
    project = await ingest.new_project()
    one, other = drawn(lines(FIRST)), drawn(lines(SECOND))
    archive = await ingest.read(project, "all.zip", zipped({"in/a.pdf": one, "in/b.pdf": other, "c.csv": "text\nx y"}))
    listed = await ingest.stub.ListDocuments(pb.ListDocumentsRequest(project_id=project))
    by_name = {document.name: document for document in listed.items}
    text = await text_of(ingest, by_name["b.pdf"].id)
    (passage,) = (await regions(ingest, by_name["b.pdf"].id, span_of(text, "for two days"))).passages
    assert letters(under(other, passage.regions)) == letters("for two days")
    first, second = [await picture(ingest, by_name[name].id) for name in ("a.pdf", "b.pdf")]
    assert first[0].tag != second[0].tag
    assert first[1] != second[1]
    for without in (archive, by_name["c.csv#1"]):
        with pytest.raises(InvalidInput, match="no pages to draw"):
            await picture(ingest, without.id)


async def test_recognised_words_tell_the_places_on_a_scan(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(lines(FIRST)))
    text = await text_of(ingest, document.id)
    start, end = span_of(text, "walked out")
    boxes = [
        ScannedWord(start, start + 6, 0.1, 0.2, 0.3, 0.22, 0.9),
        ScannedWord(start + 7, end, 0.35, 0.2, 0.4, 0.22, 0.9),
    ]
    async with ingest.db.session(ingest.workspace_id, kind=IngestStore) as store:
        packed = {"1": b64encode(pack(boxes)).decode()}
        await store.execute(document_texts.update().values(words=packed).where(document_texts.c.id == document.id))
        await store.commit()
    answer = await regions(ingest, document.id, (start, end), span_of(text, "on Monday"))
    (region,) = answer.passages[0].regions
    assert (region.page, round(region.left, 3), round(region.right, 3)) == (1, 0.1, 0.4)
    assert answer.passages[1].missing == NOT_FOUND, "that it was read elsewhere on the page tells nothing"


async def test_a_file_that_is_not_read_is_drawn_all_the_same(ingest: Ingest) -> None:
    file = BytesIO()
    canvas = Canvas(file)
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.save()
    document = await ingest.read(await ingest.new_project(), "scan.pdf", file.getvalue())
    assert document.status == pb.DOCUMENT_STATUS_FAILED, "there is no text recognition here"
    assert (await picture(ingest, document.id))[1]
    with pytest.raises(NotFound, match="has 1 pages"):
        await picture(ingest, document.id, 2)
    with pytest.raises(Conflict):
        await regions(ingest, document.id, (0, 1))


@pytest.mark.parametrize(
    "spans", [[], [(3, 3)], [(5, 4)], [(-1, 4)], [(0, 10_000)]], ids=["none", "empty", "back", "before", "beyond"]
)
async def test_passages_that_are_none_are_refused(ingest: Ingest, spans: list[tuple[int, int]]) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(lines(FIRST)))
    with pytest.raises(InvalidInput):
        await regions(ingest, document.id, *spans)


async def test_what_is_asked_of_a_page_is_checked(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(lines(FIRST)))
    for asked in ({"width": 15}, {"width": 100_000}, {"dpi": 1}, {"width": 500, "dpi": 110}):
        with pytest.raises(InvalidInput):
            await picture(ingest, document.id, **asked)
    for number in (0, -1, 2):
        with pytest.raises(NotFound):
            await picture(ingest, document.id, number)


async def test_a_damaged_file_has_no_places_and_says_so(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(lines(FIRST)))
    (stored,) = [key for key in ingest.stored_files() if key.endswith(document.id)]
    (ingest.folder / stored).write_bytes(b"%PDF-1.7 nothing")
    text = await text_of(ingest, document.id)
    (passage,) = (await regions(ingest, document.id, span_of(text, "Monday"))).passages
    assert passage.missing == pb.REGIONS_MISSING_UNREADABLE
    with pytest.raises(InvalidInput, match="damaged") as refused:
        await picture(ingest, document.id)
    assert refused.value.code == "file_damaged"


async def test_pages_are_the_workspaces_own(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(lines(FIRST)))
    head, _ = await picture(ingest, document.id)
    with ingest.acting(Role.VIEWER):
        assert (await picture(ingest, document.id))[1]
    with ingest.acting(Role.OWNER, workspace_id=new_id()):
        for call in (
            picture(ingest, document.id),
            picture(ingest, document.id, known_tags=[head.tag]),
            regions(ingest, document.id, (0, 3)),
        ):
            with pytest.raises(NotFound):
                await call


async def test_many_ask_at_a_time(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(*[lines(FIRST)] * 20))
    text = await text_of(ingest, document.id)
    asked = [picture(ingest, document.id, page) for page in range(1, 11)]
    answers = await asyncio.gather(*asked, *(regions(ingest, document.id, (0, 10)) for _ in range(5)))
    assert len({data for _, data in answers[:10]}) == 1
    assert text.count("dockers") == 20
    found = answers[-1].passages[0]
    assert (found.regions[0].page, found.missing) == (1, 0)


async def test_deleted_documents_are_not_drawn(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.pdf", drawn(lines(FIRST)))
    head, _ = await picture(ingest, document.id)
    await ingest.stub.DeleteDocument(pb.DeleteDocumentRequest(document_id=document.id))
    with pytest.raises(CoderAIError) as refused:
        await picture(ingest, document.id, known_tags=[head.tag])
    assert refused.value.code == "document_not_found"
