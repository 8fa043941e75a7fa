"""How values came about, as an export has it: asked of the extractor, kept on disk, cut to what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from coderai.codebook.codebook import read_codebook
from coderai.extractor.v1.provenance_service_pb2 import StreamProvenanceResponse
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.export import Export, Options
from coderai.services.export.domain.provenance import DrawnCell, DrawnSample
from coderai.services.export.domain.texts import Need
from coderai.services.export.usecases.beside import fetched
from tests.integration.export.conftest import Exports, Peer

pytestmark = pytest.mark.usefixtures("signed_in")

ONE, OTHER, ANN, BEN = (str(new_id()) for _ in range(4))
STRATUM = {"name": "place, value", "variable": "place", "population": 40, "drawn": 1, "inclusion_probability": 0.025}
PLACE = {"id": "v", "name": "place", "type": "TEXT", "active_prompt": {"text": "Where?", "author": ANN}}
PARTS: Sequence[dict[str, Any]] = [
    {
        "run": {
            "job": {"id": new_id(), "kind": "FULL", "model": "openai:x", "progress": 99.5, "cost": 0.25},
            "codebook": {"hash": "h", "variables": [PLACE]},
            "about_answers": ["j"],
        }
    },
    {
        "prompt": {
            "id": "p",
            "purpose": "EXTRACT",
            "messages": [{"role": "system", "content": "rules"}, {"role": "user", "content": "{document text}"}],
            "variables": ["place"],
            "reply_schema": {"type": "object", "properties": {"b": {"maxLength": 3}, "a": {}}},
            "max_tokens": 99,
        }
    },
    {
        "document": {
            "job_id": new_id(),
            "document_id": ONE,
            "status": "DONE",
            "receipt": {"calls": 1, "unanswered": {"place": "NOT_STATED"}},
            "calls": [{"prompt_id": "p", "end": 5, "filled": {"{code}": "abc123"}}],
        }
    },
    {"document": {"document_id": OTHER, "status": "FAILED", "error": "it is empty", "no_calls": "It was not coded."}},
    {"feedback": {"document_id": ONE, "variable": "place", "author": BEN, "verdict": "CORRECT"}},
    {"feedback": {"document_id": OTHER, "variable": "injured", "author": ANN, "undone_at": "2026-01-01T00:00:00Z"}},
    {"sample": {"sample": {"id": "s", "design": "STRATIFIED", "author": ANN, "seed": 7}, "strata": [STRATUM]}},
    {"drawn": {"sample_id": "s", "document_id": ONE, "variable": "place", "is_there": True, "is_right": False}},
    {"drawn": {"sample_id": "s", "document_id": OTHER, "variable": "place", "position": 1}},
]


@pytest.fixture(autouse=True)
def provenance(peer: Peer) -> None:
    peer.provenance = [from_plain(StreamProvenanceResponse, part) for part in PARTS]


async def test_everything_is_there_and_can_be_read_twice_at_once(exports: Exports, peer: Peer) -> None:
    async with exports.sources.provenance.provenance(peer.project_id, None) as found:
        for _ in range(2):
            (run,) = found.runs()
            assert (run.job["cost"], run.job["kind"], run.about_answers) == (0.25, "FULL", ("j",))
            assert "progress" not in run.job
            assert read_codebook(run.codebook).variables[0].name == "place"
            (prompt,) = found.prompts()
            assert prompt.messages[1] == {"role": "user", "content": "{document text}"}
            assert list(prompt.reply_schema["properties"]) == ["a", "b"]
            coded, failed = found.documents()
            assert coded.receipt is not None
            assert (coded.receipt["unanswered"], coded.calls[0].filled) == (
                {"place": "NOT_STATED"},
                {"{code}": "abc123"},
            )
            assert (failed.receipt, failed.calls, failed.no_calls) == (None, (), "It was not coded.")
            assert [one["author"] for one in found.feedback()] == [BEN, ANN]
            sample, first, second = found.samples()
            assert isinstance(sample, DrawnSample)
            assert isinstance(first, DrawnCell)
            assert (sample.seed, sample.strata[0]["has_value"]) == (7, None)
            assert (first.is_right, second.is_right, second.model_value) == (False, None, None)  # type: ignore[union-attr]
        assert [one.document_id for pair in zip(found.documents(), found.documents(), strict=True) for one in pair] == [
            *(ONE, ONE),
            *(OTHER, OTHER),
        ]
        assert found.people == (ANN, BEN)


async def test_what_is_not_chosen_is_left_out_and_people_are_hidden_in_the_order_of_the_rows(
    exports: Exports, peer: Peer
) -> None:
    choice = Choice(variables=("place",), document_ids=(ONE,))
    export = Export(new_id(), peer.project_id, None, "CSV", options=Options(pseudonyms=True), choice=choice)
    async with fetched(exports.sources, export, [Need.PROVENANCE], [ANN]) as beside:
        found = beside["provenance"]
        assert [one.document_id for one in found.documents()] == [ONE]
        assert [one["author"] for one in found.feedback()] == ["person 2"]
        sample, cell = found.samples()
        assert (sample.author, cell.document_id) == ("person 1", ONE)
        assert found.people == ["person 1", "person 2"]
        (run,) = found.runs()
        assert run.codebook["variables"][0]["active_prompt"]["author"] == "person 1"
        assert ANN not in str([run, list(found.samples()), list(found.feedback())])
        assert len(list(found.prompts())) == len(list(found.runs())) == 1


async def test_a_format_that_needs_none_asks_for_none(exports: Exports, peer: Peer) -> None:
    export = Export(new_id(), new_id(), None, "CSV")
    async with fetched(exports.sources, export, [], []) as beside:
        assert beside == {}
    with pytest.raises(NotFound):
        async with fetched(exports.sources, export, [Need.PROVENANCE], []):
            pass
