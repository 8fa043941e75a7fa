"""Exports in other shapes and of a part, from the request to the file: long rows, chosen cells, codes, people."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from coderai.export.v1 import export_service_pb2 as pb
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from tests.integration.export.conftest import Exports, Peer
from tests.support.packed_rows import CellWeight, EntityPlace

pytestmark = pytest.mark.usefixtures("signed_in")
PERSON = str(new_id())


@pytest.fixture
def coded(peer: Peer) -> Peer:
    """An extractor with two documents, of which people have said something of one cell."""
    peer.add_job()
    asked = {"confidence": 0.9, "model": "openai:small", "prompt_version": 2}
    said = {"verdict": "CORRECT", "reviewed_by": PERSON, "status": "VALIDATED"}
    peer.add_coded(
        "a.txt",
        [{"variable": "place", "value": "Łódź", **asked, **said}, {"variable": "injured", "value": 3, **asked}],
    )
    peer.add_coded(
        "b.txt", [{"variable": "place", "missing_reason": "NOT_STATED"}, {"variable": "injured", "value": 0}]
    )
    peer.documents[0].weights.append(CellWeight(variable="place", weight=2.5))
    return peer


async def written(exports: Exports, peer: Peer, **fields: Any) -> tuple[pb.Export, list[dict[str, str]]]:
    """The export once it is done, and its rows."""
    async with exports.working():
        done = await exports.settled((await exports.create(peer, **fields)).id)
    assert (done.status, done.error) == (pb.EXPORT_STATUS_COMPLETE, "")
    text = (await exports.download(done.id))[1].decode()
    return done, list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_row_per_value(exports: Exports, coded: Peer) -> None:
    done, rows = await written(exports, coded, layout="LONG")
    assert (done.layout, done.row_count) == (pb.EXPORT_LAYOUT_LONG, 4)
    assert [(row["document"], row["variable"], row["value"], row["missing"]) for row in rows] == [
        ("a.txt", "place", "Łódź", ""),
        ("a.txt", "injured", "3", ""),
        ("b.txt", "place", "", "NOT_STATED"),
        ("b.txt", "injured", "0", ""),
    ]


async def test_who_answered_and_who_reviewed(exports: Exports, coded: Peer) -> None:
    options = {"model": True, "verdict": True, "reviewer": True, "weight": True}
    _, (first, second) = await written(exports, coded, options=options)
    assert {name: first[f"place_{name}"] for name in options} == {
        "model": "openai:small",
        "verdict": "CORRECT",
        "reviewer": PERSON,
        "weight": "2.5",
    }
    assert coded.asked_for_weights == [True]
    assert {second[f"place_{name}"] for name in options} == {""}
    _, (first, _) = await written(exports, coded, options=options | {"weight": False, "pseudonyms": True})
    assert first["place_reviewer"] == "person 1"
    assert coded.asked_for_weights == [True, False]


async def test_chosen_variables_documents_and_cells(exports: Exports, coded: Peer) -> None:
    choice = {"variables": ["place"], "document_ids": [coded.documents[1].document_id]}
    done, rows = await written(exports, coded, choice=choice)
    assert to_plain(done.choice) == {**choice, "statuses": [], "only_reviewed": False, "filter": []}
    assert [list(one.choice.variables) for one in await exports.listed(coded)] == [["place"]]
    assert not (await exports.listed(coded))[0].choice.document_ids
    assert [list(row) for row in rows] == [["document", "document_id", "flagged", "place"]]
    assert [row["document"] for row in rows] == ["b.txt"]
    choice = {"only_reviewed": True}
    _, rows = await written(exports, coded, choice=choice, options={"missing_reason": True})
    assert [(row["place"], row["injured"], row["injured_missing"]) for row in rows] == [("Łódź", "", "NOT_SELECTED")]
    _, rows = await written(exports, coded, choice={"statuses": ["FLAGGED"]})
    assert rows == []


async def test_rows_that_a_filter_leaves_are_said_to_be_chosen(exports: Exports, coded: Peer) -> None:
    choice = {"filter": ["injured>=3", "any.flag!=CONFLICT"]}
    coded.documents[1].extractions.clear()  # as the extractor gives a document of which no row is left
    done, rows = await written(exports, coded, choice=choice)
    assert (done.row_count, [row["document"] for row in rows]) == (1, ["a.txt"])
    assert coded.filters == [choice["filter"]] * 2, "to see whether it makes sense, and to write"
    assert list((await exports.listed(coded))[0].choice.filter) == choice["filter"]
    codebook = (await exports.download(done.id, codebook=True))[1].decode().replace("\\", "")
    assert "Rows chosen by filter" in codebook and "injured>=3; any.flag!=CONFLICT" in codebook
    assert "Rows to choose from" in codebook and "1,234" in codebook
    await written(exports, coded)
    assert coded.filters[2:] == [[]]


async def test_a_filter_that_makes_no_sense_is_refused_at_once_and_one_that_no_longer_does_fails_the_file(
    exports: Exports, coded: Peer
) -> None:
    made = await exports.create(coded, choice={"filter": ["injured>=3"]})
    coded.refusal = "filter 'injured>=3' makes no sense: there is no variable 'injured'"
    with pytest.raises(InvalidInput) as raised:
        await exports.create(coded, choice={"filter": ["injured>=3"]})
    assert dict(raised.value.fields) == {"choice.filter": coded.refusal}
    async with exports.working():
        done = await exports.settled(made.id)
    assert (done.status, done.error) == (pb.EXPORT_STATUS_FAILED, coded.refusal)


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"variables": ["place", "nowhere"]}, "choice.variables"),
        ({"statuses": ["GOOD"]}, "choice.statuses"),
        ({"document_ids": ["b.txt"]}, "choice.document_ids"),
    ],
)
async def test_what_there_is_not_is_refused_at_once(
    exports: Exports, coded: Peer, choice: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        await exports.create(coded, choice=choice)
    assert list(raised.value.fields) == [field]
    for name, value in (("only_reviewed", True), ("filter", ["injured>1"])):
        with pytest.raises(InvalidInput) as raised:
            await exports.create(coded, job_id=coded.jobs[0].id, choice={name: value})
        assert list(raised.value.fields) == [f"choice.{name}"]


async def test_a_variable_that_goes_between_the_request_and_the_file_fails_it_with_the_reason(
    exports: Exports, coded: Peer
) -> None:
    made = await exports.create(coded, choice={"variables": ["injured"]})
    coded.variables = ["place"]
    async with exports.working():
        done = await exports.settled(made.id)
    assert done.status == pb.EXPORT_STATUS_FAILED
    assert "injured" in done.error


async def test_places_of_entities_come_through(exports: Exports, coded: Peer) -> None:
    coded.unit = {"row_is": "one ship", "rows_per_document": "MULTIPLE"}
    for document in coded.documents:
        for one in document.extractions:
            one.entity_index, one.entity_text = 1, "Tern"
    coded.documents[0].entities.append(EntityPlace(entity_index=1, start=4, end=9, page=2))
    _, rows = await written(exports, coded)
    assert [(row["entity"], row["entity_page"], row["entity_start"], row["entity_end"]) for row in rows] == [
        ("Tern", "2", "4", "9"),
        ("Tern", "", "", ""),
    ]
