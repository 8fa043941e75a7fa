"""What a stranger is told of how a dataset came about: the prompts are those that were sent, to the byte."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from coderai.engines import prompting
from coderai.engines.calls import Call, Reply
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.extractor.v1 import provenance_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.contexts import context_tokens
from coderai.kit.db import Database, Session
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.kit.model_replies import Account
from coderai.kit.tokens import estimate_tokens
from coderai.kit.wire import to_plain
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.adapters.tables import tasks
from coderai.services.extractor.domain.coding.document import Span
from coderai.services.extractor.domain.coding.wording import wording
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.entrypoints import provenance_service
from coderai.services.extractor.entrypoints.provenance_service import ProvenanceServicer
from coderai.services.extractor.usecases.provenance import NO_PROMPTS, OTHER_TEXT, OTHER_WORDS, Retelling, fingerprint
from tests.integration.extractor.conftest import Extractor
from tests.integration.extractor.dataset import now_depends, reads, run, say
from tests.integration.extractor.test_quality import CORRECT, draw, quality, queue
from tests.integration.extractor.test_quality import say as judge
from tests.support.stack import ServiceDatabases


def servicer(extractor: Extractor, open_store: Any = None) -> ProvenanceServicer:
    retelling = Retelling(extractor.world, lambda model: estimate_tokens, context_tokens)
    return ProvenanceServicer(open_store or extractor.open_store, extractor.world, retelling)


async def told(extractor: Extractor, job_id: UUID | None = None, **fields: Any) -> dict[str, list[Any]]:
    """What is told of a job, or of the dataset, by kind of part."""
    request = pb.StreamProvenanceRequest(project_id=str(extractor.project_id), job_id=str(job_id or ""))
    found: dict[str, list[Any]] = {name: [] for name in pb.StreamProvenanceResponse.DESCRIPTOR.fields_by_name}
    with identity.acting_as(fields.get("who", extractor.who)):
        async for part in servicer(extractor, fields.get("open_store")).StreamProvenance(request, None):
            kind = part.WhichOneof("part")
            found[kind or ""].append(getattr(part, kind or ""))
    return found


def listens(extractor: Extractor) -> list[Call]:
    """The calls that the engine gets from now on."""
    calls, open_engine = list[Call](), extractor.open_engine

    async def listening(model: str, account: Account) -> Any:
        engine = await open_engine(model, account)

        class Listening:
            async def ask(self, call: Call) -> Reply:
                calls.append(call)
                return await engine.ask(call)

        return Listening()

    extractor.open_engine = listening
    return calls


def id_of(plain: dict[str, Any]) -> str:
    """The id of a prompt, as the contract says that it is made."""
    messages = [[message["role"], message["content"]] for message in plain["messages"]]
    rest = ("variables", "reply_schema", "temperature", "max_tokens", "reasoning_effort", "logprobs")
    parts = [plain["purpose"], messages, *(plain[name] for name in rest)]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def check_sent(extractor: Extractor, found: dict[str, list[Any]], calls: list[Call]) -> None:
    """Every call was sent with these messages, about these passages; and filled prompts are these messages."""
    prompts = {prompt.id: prompt for prompt in found["prompt"]}
    assert len(prompts) == len(found["prompt"])
    assert all(prompt.id == id_of(to_plain(prompt)) for prompt in found["prompt"])
    of_calls = [(UUID(one.document_id), call) for one in found["document"] for call in one.calls]
    assert Counter(call.sent_sha256 for _, call in of_calls) == Counter(
        fingerprint(prompting.messages(call)) for call in calls
    )
    for document_id, call in of_calls:
        passage = extractor.world.texts[document_id][call.start : call.end]
        assert call.sha256 == sha256(passage.encode()).hexdigest()
        template = [prompting.Message(one.role, one.content) for one in prompts[call.prompt_id].messages]
        assert fingerprint(prompting.fill(template, dict(call.filled), passage)) == call.sent_sha256


async def test_the_prompts_of_documents_are_those_that_were_sent(extractor: Extractor) -> None:
    """Whatever a person's prompt says: placeholders in it are its own words."""
    extractor.world.plain["variables"][0]["active_prompt"]["text"] = "first: {document text} {code} {entity} {earlier}"
    extractor.world.plain["domain"] = "news {document text}"
    extractor.world.add_texts("d0 says first is one and\u200b second is two.", "d1: أوّل first is one.")
    calls = listens(extractor)
    async with extractor.working():
        job_id = await run(extractor)
    found = await told(extractor, job_id)

    check_sent(extractor, found, calls)
    (one_run,) = found["run"]
    assert one_run.job.id == str(job_id)
    assert [v.name for v in one_run.codebook.variables] == ["first", "second"]
    (prompt,) = [prompt for prompt in found["prompt"] if prompt.purpose == "EXTRACT"]
    assert prompt.messages[1].content.startswith("<document-{code}>\n{document text}\n</document-{code}>\n\n<variables")
    assert (prompt.max_tokens, list(prompt.variables)) == (198, ["first", "second"])
    assert set(one_run.about_answers) == {p.id for p in found["prompt"] if p.purpose in ("JUDGE", "DECIDE")}
    assert all(one.receipt.chunks_answered == 1 for one in found["document"])
    assert "d0 says" not in str(found["prompt"])


@pytest.mark.parametrize("passages", [1, 3, 9])
async def test_entities_and_what_earlier_passages_named_are_in_the_calls(extractor: Extractor, passages: int) -> None:
    reads(extractor)
    extractor.world.plain["unit"] = {"row_is": "one person", "rows_per_document": "MULTIPLE"}
    extractor.world.plain["chunk_long_documents"] = True
    names = ["Ada", "Bob", "Eve", "Ada", "Kim", "Bob", "Lea", "Max", "Zoe"][:passages]
    parts = [f"d0 {name}'s first is one. " for name in names]
    starts = [sum(map(len, parts[:number])) for number in range(passages)]
    extractor.world.chunks = tuple(Span(start, start + len(p)) for start, p in zip(starts, parts, strict=True))
    extractor.world.add_texts("".join(parts))
    calls = listens(extractor)
    async with extractor.working():
        job_id = await run(extractor)
    found = await told(extractor, job_id)

    check_sent(extractor, found, [call for call in calls if call.kind in ("IDENTIFY", "EXTRACT")])
    (document,) = found["document"]
    assert {call.entity_index for call in document.calls} == set(range(len(set(names)) + 1))
    # Entities are filled in, so that all of them share a prompt.
    assert sum(prompt.purpose == "EXTRACT" for prompt in found["prompt"]) == 1


async def test_conditions_leave_out_what_was_not_asked(extractor: Extractor) -> None:
    now_depends(extractor, "second", operator="EQUALS", value="one")
    reads(extractor)
    extractor.world.add_texts("d0 first is one second is two", "d1 first is three second is two")
    calls = listens(extractor)
    async with extractor.working():
        job_id = await run(extractor)
    found = await told(extractor, job_id)

    check_sent(extractor, found, calls)
    assert [[call.follows for call in one.calls] for one in found["document"]] == [[False, True], [False]]


async def test_of_the_dataset_it_tells_the_jobs_that_it_has_cells_of(extractor: Extractor) -> None:
    extractor.world.add_texts("d0 says first is one and second is two.", "d1 says first is one and second is two.")
    async with extractor.working():
        first = await run(extractor)
        extractor.world.add_texts("d2 says first is one and second is two.")
        second = await run(extractor, document_ids=[head.id for head in extractor.world.heads_[1:]])
        await run(extractor, kind=JobKind.FULL, document_ids=[head.id for head in extractor.world.heads_[1:]])
    last = (await told(extractor))["run"][-1].job.id
    found = await told(extractor)

    assert [one.job.id for one in found["run"]] == [str(first), last]
    assert str(second) != last
    assert [(one.job_id, one.document_name) for one in found["document"]] == [
        (str(first), "d0"),
        (last, "d1"),
        (last, "d2"),
    ]


async def test_a_text_that_was_read_anew_has_no_false_hashes(extractor: Extractor) -> None:
    extractor.world.add_texts("d0 says first is one.", "d1 says first is one.")
    async with extractor.working():
        job_id = await run(extractor)
    extractor.world.text_versions[extractor.world.heads_[0].id] = 1
    extractor.world.gone.add("d1")
    changed, gone = (await told(extractor, job_id))["document"]

    assert (changed.no_calls, list(changed.calls)) == (OTHER_TEXT, [])
    assert "not there any more" in gone.no_calls


@pytest.mark.parametrize("noted", ["another", None])
async def test_what_another_version_had_worded_is_not_made_up(extractor: Extractor, noted: str | None) -> None:
    extractor.world.add_texts("d0 says first is one.")
    async with extractor.working():
        job_id = await run(extractor)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        (receipt,) = (await session.execute(select(tasks.c.receipt).where(tasks.c.job_id == job_id))).scalars()
        assert receipt.pop("wording") == wording()
        changed = receipt if noted is None else receipt | {"wording": noted}
        await session.execute(update(tasks).where(tasks.c.job_id == job_id).values(receipt=changed))
        await session.commit()
    (document,) = (await told(extractor, job_id))["document"]
    assert (document.no_calls, list(document.calls)) == (OTHER_WORDS, [])


async def test_the_offline_engine_has_no_prompts(extractor: Extractor) -> None:
    extractor.world.plain["model"] = "offline"
    extractor.world.add_texts("d0 says first is one.")
    async with extractor.working():
        job_id = await run(extractor)
    found = await told(extractor, job_id)

    assert found["run"][0].no_prompts == NO_PROMPTS
    assert found["prompt"] == []
    assert [(one.no_calls, len(one.calls)) for one in found["document"]] == [(NO_PROMPTS, 0)]


async def test_what_people_said_is_told_with_what_was_taken_back(extractor: Extractor) -> None:
    extractor.world.add(2)
    async with extractor.working():
        job_id = await run(extractor)
    one, other = (head.id for head in extractor.world.heads_)
    ids = [await say(extractor, one, "first", correction="uno"), await say(extractor, other, "second", judged="two")]
    assert [f.id for f in (await told(extractor))["feedback"]] == list(map(str, ids))
    assert (await told(extractor))["feedback"][0].corrected_value.string_value == "uno"
    assert (await told(extractor, job_id))["feedback"] == []  # said of cells, without an extraction


async def test_estimates_can_be_made_again_from_drawn_cells(extractor: Extractor) -> None:
    extractor.world.add(6)
    async with extractor.working():
        await run(extractor)
    sample_id = await draw(extractor, 8)
    items = (await queue(extractor, sample_id=sample_id, page_size=8)).items
    await judge(extractor, items[0], extractor_pb.VERDICT_INCORRECT, "another")
    for item in items[1:5]:
        await judge(extractor, item, CORRECT)
    found = await told(extractor)

    (sample,) = found["sample"]
    assert sample.sample.id == sample_id
    assert {stratum.variable for stratum in sample.strata} == {"first", "second"}
    assert [cell.position for cell in found["drawn"]] == list(range(8))
    assert sum(cell.is_judged for cell in found["drawn"]) == 5
    by_variable = {one.variable: one for one in (await quality(extractor)).items}
    for name, estimated in by_variable.items():
        known = [cell for cell in found["drawn"] if cell.variable == name and cell.HasField("is_right")]
        assert len(known) == estimated.judged
        assert sum(cell.is_right for cell in known) / len(known) == pytest.approx(estimated.accuracy.value)
    wrong = next(cell for cell in found["drawn"] if cell.HasField("is_right") and not cell.is_right)
    assert (wrong.has_right, wrong.right_value.string_value) == (True, "another")


async def test_another_workspace_is_told_nothing(extractor: Extractor) -> None:
    extractor.world.add(1)
    async with extractor.working():
        job_id = await run(extractor)
    stranger = replace(extractor.who, workspace_id=new_id())
    with pytest.raises(NotFound):
        await told(extractor, job_id, who=stranger)
    assert not any((await told(extractor, who=stranger)).values())
    own, extractor.project_id = extractor.project_id, new_id()
    with pytest.raises(NotFound):
        await told(extractor, job_id)
    extractor.project_id = own


async def test_no_connection_waits_for_whoever_reads(extractor: Extractor, service_dsns: ServiceDatabases) -> None:
    extractor.world.add(3)
    async with extractor.working():
        await run(extractor)
    one_connection = Database(service_dsns["extractor"].application, "extractor", pool_size=1)
    request = pb.StreamProvenanceRequest(project_id=str(extractor.project_id))
    with identity.acting_as(extractor.who):
        async for _ in servicer(extractor, partial(one_connection.session, kind=ExtractorStore)).StreamProvenance(
            request, None
        ):
            await one_connection.ping()
    await one_connection.close()


@pytest.mark.parametrize("many", [1, 2, 3, 5])
async def test_pages_of_every_size_tell_the_same(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    extractor.world.add_texts(*(f"d{number} says first is one and second is two." for number in range(5)))
    extractor.world.add(1, "FAILED", "it is empty")
    async with extractor.working():
        await run(extractor)
    for head in extractor.world.heads_[:3]:
        await say(extractor, head.id, "first", correction="uno")
    for size in (4, 5):
        await draw(extractor, size)
    whole = await told(extractor)
    assert {kind: len(parts) for kind, parts in whole.items()} == {
        "run": 1,
        "prompt": 3,
        "document": 6,
        "feedback": 3,
        "sample": 2,
        "drawn": 9,
    }
    for name in ("_TASKS", "_AT_ONCE", "_SAID", "_DRAWN", "_SAMPLES"):
        monkeypatch.setattr(provenance_service, name, many)
    assert await told(extractor) == whole
