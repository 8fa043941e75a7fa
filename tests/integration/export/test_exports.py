"""Exports as callers see them: asked for, written in the background, downloaded, gone with their project."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from openpyxl import load_workbook

from coderai.codebook.ranges import make_range
from coderai.export.v1 import export_service_pb2 as pb
from coderai.export.v1.work_pb2 import WriteExport
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.errors import Conflict, InvalidInput, NotFound, Unavailable
from coderai.kit.ids import new_id
from coderai.projects.v1.events_pb2 import ProjectDeleted
from tests.integration.export.conftest import Exports, Peer, person

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def coded(peer: Peer) -> Peer:
    """An extractor with a finished job of two documents."""
    peer.add_job()
    peer.add_document("a.txt", place="Łódź", injured=3)
    peer.add_document("b.txt", place="=cmd", injured=0)
    return peer


async def test_a_csv_is_written_in_the_background_with_its_codebook_beside_it(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded, options={"confidence": True})
    assert (made.status, made.job_id) == (pb.EXPORT_STATUS_PENDING, "")
    async with exports.working():
        done = await exports.settled(made.id)
    assert (done.status, done.error, done.row_count) == (pb.EXPORT_STATUS_COMPLETE, "", 2)
    head, data = await exports.download(made.id)
    assert (head, len(data), sha256(data).hexdigest()) == (done.files[0], done.size, done.files[0].sha256)
    ids = [document.document_id for document in coded.documents]
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["document", "document_id", "flagged", "place", "place_confidence", "injured", "injured_confidence"],
        ["a.txt", ids[0], "", "Łódź", "0.9", "3", "0.9"],
        ["b.txt", ids[1], "", "'=cmd", "0.9", "0", "0.9"],
    ]
    assert done.file_name.startswith("Public-events-dataset-")
    assert done.codebook_file_name.endswith("-codebook.md")
    _, codebook = await exports.download(made.id, codebook=True)
    assert "Where did it happen?" in codebook.decode()
    endings = ["codebook.csv", "codebook.json", "codebook.md", "codebook.xml", "load.R", "load.do", "load.py"]
    assert sorted(file.name.rpartition("-")[2] for file in done.files[1:]) == endings
    for file in done.files:
        head, data = await exports.download(made.id, file=file.name)
        assert (head, sha256(data).hexdigest()) == (file, file.sha256)
    assert any("place" in note for note in done.notes), "a cell that a spreadsheet would run is told"
    with pytest.raises(NotFound):
        await exports.download(made.id, file="another.csv")


async def test_a_document_whose_rows_come_in_several_pages_is_one(exports: Exports, coded: Peer) -> None:
    first = coded.documents[0]
    part = replace(first, extractions=first.extractions[1:])
    del first.extractions[1:]
    coded.documents.insert(1, part)
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)
    assert done.row_count == 2
    rows = list(csv.reader(io.StringIO((await exports.download(done.id))[1].decode("utf-8-sig"), newline="")))
    assert [row[3:] for row in rows[1:]] == [["Łódź", "3"], ["'=cmd", "0"]]


async def test_a_workbook_has_the_rows_and_the_codebook(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        made = await exports.create(coded, format="XLSX")
        done = await exports.settled(made.id)
    _, data = await exports.download(made.id)
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Data", "Evidence", "Codebook", "Quality", "Documents", "Read me"]
    assert [row[2:4] for row in book["Data"].iter_rows(values_only=True)] == [
        ("place", "injured"),
        ("Łódź", 3),
        ("=cmd", 0),
    ]
    assert done.codebook_file_name == ""
    with pytest.raises(Conflict, match="inside"):
        await exports.download(made.id, codebook=True)


async def test_json_has_everything_in_one_file(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        made = await exports.create(coded, format="JSON")
        await exports.settled(made.id)
    found = json.loads((await exports.download(made.id))[1])
    assert [row["values"] for row in found["rows"]] == [
        {"place": "Łódź", "injured": 3},
        {"place": "=cmd", "injured": 0},
    ]
    assert (found["source"], found["job"], found["project"]["id"]) == ("DATASET", None, str(coded.project_id))
    assert found["codebook"][0]["prompt_version"] == 2


async def test_ranges_withheld_values_and_flags_come_through_from_the_extractor(exports: Exports, peer: Peer) -> None:
    peer.add_job()
    invented = {"quote": "never written", "match": "NONE"}
    found = {"quote": "dozens were hurt", "match": "EXACT", "start": 3, "end": 19, "page": 2}
    spans = [{"start": 3, "end": 19, "page": 2}]
    vague = {"value": {**make_range(24, 99), "vague": True}, "support": "STATED", "evidence": {**found, "spans": spans}}
    kept = {"variable": "place", "value": "Łódź", "evidence": invented, "support": "UNGROUNDED", "origin": "EXTRACTED"}
    peer.add_coded(
        "a.txt",
        [
            {**kept, "status": "FLAGGED", "flags": ["UNGROUNDED"]},
            {"variable": "injured", "missing_reason": "VAGUE", "candidates": [vague]},
        ],
    )
    peer.add_document("b.txt", place="X", injured=make_range(400, 500))
    options = {"source": True, "support": True, "missing_reason": True, "candidates": True}
    async with exports.working():
        as_csv = await exports.settled((await exports.create(peer, options=options)).id)
        as_json = await exports.settled((await exports.create(peer, format="JSON", options=options)).id)
    text = (await exports.download(as_csv.id))[1].decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["flagged"], first["place"], first["place_quote"]) == ("place (UNGROUNDED)", "Łódź", "")
    assert (first["place_support"], first["injured"], first["injured_missing"]) == ("UNGROUNDED", "", "VAGUE")
    assert (first["injured_low"], first["injured_high"]) == ("24", "99")
    assert (second["injured"], second["injured_missing"]) == ("", "RANGE")
    assert (second["injured_low"], second["injured_high"]) == ("400", "500")
    data = (await exports.download(as_json.id))[1].decode()
    assert "never written" not in text + data
    (candidate,) = json.loads(data)["rows"][0]["details"]["injured"]["candidates"]
    assert (candidate["quote"], candidate["spans"]) == ("dozens were hurt", spans)


async def test_one_job_is_exported_when_it_is_named_and_says_so(exports: Exports, coded: Peer) -> None:
    older = coded.jobs[0].id
    coded.add_job()
    async with exports.working():
        made = await exports.create(coded, job_id=older, format="JSON")
        done = await exports.settled(made.id)
    assert (made.job_id, done.status) == (older, pb.EXPORT_STATUS_COMPLETE)
    assert done.file_name.startswith("Public-events-full-job-")
    found = json.loads((await exports.download(made.id))[1])
    assert (found["source"], found["job"]["id"]) == ("JOB", older)
    assert "percent_corrected" not in found["codebook"][0]["quality"]


async def test_a_trial_is_exported_only_when_it_is_named(exports: Exports, peer: Peer) -> None:
    peer.add_document("a.txt", place="Łódź", injured=3)
    trial = peer.add_job(kind="TRIAL")
    with pytest.raises(NotFound, match="run a job first"):
        await exports.create(peer)
    peer.add_job(kind="SAMPLE")
    for _ in range(2):
        peer.add_job(kind="TRIAL")
    assert (await exports.create(peer)).job_id == ""
    assert (await exports.create(peer, job_id=trial.id)).job_id == trial.id


async def test_what_people_said_comes_through_from_the_extractor(exports: Exports, peer: Peer) -> None:
    peer.add_job()
    by = new_id()
    corrected = {"status": "VALIDATED", "origin": "CORRECTED", "corrected_by": by, "verdict": "INCORRECT"}
    disputed = {"status": "FLAGGED", "flags": ["DISPUTED"], "verdict": "PARTIALLY_CORRECT"}
    peer.add_coded(
        "a.txt",
        [
            {
                "variable": "place",
                "value": "Ayr",
                "model_value": "Ely",
                "confidence": 0.9,
                **corrected,
            },
            {"variable": "injured", "missing_reason": "NOT_STATED", "stale": "ASKED_OTHERWISE", **disputed},
        ],
    )
    peer.add_coded("b.txt", [{"variable": "place", "value": "Ulm", "status": "VALIDATED", "verdict": "CORRECT"}])
    options = {"status": True, "origin": True, "confidence": True, "flags": True}
    async with exports.working():
        as_csv = await exports.settled((await exports.create(peer, options=options)).id)
        as_json = await exports.settled((await exports.create(peer, format="JSON")).id)
    text = (await exports.download(as_csv.id))[1].decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["place"], first["place_status"], first["place_origin"]) == ("Ayr", "VALIDATED", "CORRECTED")
    assert (first["place_confidence"], first["flagged"]) == ("", "injured (DISPUTED)")
    assert (first["injured_flags"], second["place_status"]) == ("DISPUTED", "VALIDATED")
    found = json.loads((await exports.download(as_json.id))[1])
    row, details = found["rows"][0], found["rows"][0]["details"]
    assert (row["values"]["place"], details["place"]["model_value"]) == ("Ayr", "Ely")
    assert (details["place"]["verdict"], details["injured"]["stale"]) == ("INCORRECT", "ASKED_OTHERWISE")
    place, injured = (variable["quality"] for variable in found["codebook"])
    assert (place["percent_corrected"], place["verdicts"]["CORRECT"], injured["percent_stale"]) == (50.0, 1, 50.0)


async def test_what_makes_no_sense_is_refused(exports: Exports, peer: Peer) -> None:
    with pytest.raises(NotFound, match="run a job first"):
        await exports.create(peer)
    with pytest.raises(NotFound):
        await exports.create(peer, job_id=new_id())
    with pytest.raises(NotFound):
        await exports.create(peer, job_id=peer.add_job(project_id=new_id()).id)
    with pytest.raises(Conflict, match="not coded any document"):
        await exports.create(peer, job_id=peer.add_job(processed=0).id)
    peer.jobs = peer.jobs[:1]
    with pytest.raises(Conflict, match="no coded documents yet"):
        await exports.create(peer)
    peer.add_job()
    with pytest.raises(InvalidInput) as caught:
        await exports.create(peer, format=None)
    assert caught.value.fields["format"].startswith("must be one of CSV, XLSX, JSON, JSONL, PARQUET, ")
    with pytest.raises(NotFound) as unknown:
        await exports.create(peer, project_id=new_id())
    assert unknown.value.code == "project_not_found"


async def test_a_file_can_be_downloaded_only_when_it_is_written(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded)
    with pytest.raises(Conflict) as caught:
        await exports.download(made.id)
    assert caught.value.code == "export_not_ready"


async def test_another_workspace_sees_none_of_it(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded)
    coded.workspace_id = identity.current().workspace_id
    with identity.acting_as(person()):
        for ask in (exports.get(made.id), exports.download(made.id)):
            with pytest.raises(NotFound):
                await ask
        with pytest.raises(NotFound) as raised:
            await exports.stub.ListExports(pb.ListExportsRequest(project_id=str(coded.project_id)))
    assert raised.value.code == "project_not_found"


async def test_only_a_project_that_there_is_has_a_list_of_exports(exports: Exports, coded: Peer) -> None:
    assert not (await exports.stub.ListExports(pb.ListExportsRequest(project_id=str(coded.project_id)))).items
    with pytest.raises(NotFound):
        await exports.stub.ListExports(pb.ListExportsRequest(project_id=str(new_id())))


async def test_exports_are_listed_newest_first_page_by_page(exports: Exports, coded: Peer) -> None:
    made = [(await exports.create(coded)).id for _ in range(3)]
    found, token = [], ""
    while True:
        request = pb.ListExportsRequest(project_id=str(coded.project_id), page_size=2, page_token=token)
        page = await exports.stub.ListExports(request)
        found += [export.id for export in page.items]
        if not (token := page.next_page_token):
            break
    assert found == made[::-1]


async def test_a_stream_that_breaks_is_read_again_from_the_start(exports: Exports, coded: Peer) -> None:
    coded.faults = [Unavailable("gone for a moment")]
    made = await exports.create(coded)
    async with exports.working():
        done = await exports.settled(made.id)
    assert (done.status, done.row_count, coded.streamed) == (pb.EXPORT_STATUS_COMPLETE, 2, 2)


async def test_a_message_that_comes_twice_is_handled_once(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        first = await exports.settled((await exports.create(coded)).id)
        work = WriteExport(export_id=first.id, project_id=first.project_id).SerializeToString()
        await exports.bus.publish(
            Envelope(new_id(), "work.export.write", work, identity.current().workspace_id, "test")
        )
        await exports.settled((await exports.create(coded)).id)
    assert coded.streamed == 2
    assert await exports.get(first.id) == first


async def test_what_fails_again_and_again_is_told_without_inner_details(exports: Exports, coded: Peer) -> None:
    coded.faults = [Unavailable("10.0.0.7 refused")] * 2
    made = await exports.create(coded)
    async with exports.working(attempts=2):
        done = await exports.settled(made.id)
    assert done.status == pb.EXPORT_STATUS_FAILED
    assert "export again" in done.error
    assert "10.0.0.7" not in done.error
    with pytest.raises(Conflict, match="export again"):
        await exports.download(made.id)


async def test_what_cannot_succeed_fails_at_once(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded, job_id=coded.jobs[0].id)
    coded.jobs.clear()
    async with exports.working():
        done = await exports.settled(made.id)
    assert (done.status, done.error, exports.files()) == (pb.EXPORT_STATUS_FAILED, "there is no such job", [])


def deleted(project_id: object, workspace_id: object) -> Envelope:
    payload = ProjectDeleted(project_id=str(project_id)).SerializeToString()
    return Envelope(new_id(), "event.projects.project_deleted", payload, workspace_id, "test")  # type: ignore[arg-type]


async def until_gone(exports: Exports, export_id: str) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await exports.get(export_id)
            except NotFound:
                return
            await asyncio.sleep(0.02)


async def test_a_deleted_project_takes_its_exports_and_files_with_it(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        kept = await exports.create(coded)
        await exports.settled(kept.id)
        coded.project_id = new_id()
        coded.add_job()
        gone = await exports.create(coded)
        await exports.settled(gone.id)
        assert len(exports.files()) == len((await exports.get(kept.id)).files) * 2
        await exports.bus.publish(deleted(coded.project_id, identity.current().workspace_id))
        await until_gone(exports, gone.id)
    assert len(exports.files()) == len((await exports.get(kept.id)).files)
    assert (await exports.download(kept.id))[1]


async def test_a_project_deleted_while_its_file_is_written_leaves_no_file(exports: Exports, coded: Peer) -> None:
    coded.hold = asyncio.Event()
    made = await exports.create(coded)
    async with exports.working():
        await asyncio.wait_for(coded.started.wait(), 20)
        await exports.bus.publish(deleted(coded.project_id, identity.current().workspace_id))
        await until_gone(exports, made.id)
        coded.hold.set()
    # Leaving the block let the worker finish the message in hand.
    assert exports.files() == []
