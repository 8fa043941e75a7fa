"""A job's statistics: what was answered, on what support, and why the rest is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call, Engine, Reply
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.model_replies import Account
from tests.integration.extractor.conftest import USAGE, Extractor, codebook


@dataclass
class Scripted:
    """Answers by the first word of the document."""

    answers: Mapping[str, tuple[Answer, ...]]

    async def ask(self, call: Call) -> Reply:
        return Reply({"place": self.answers[call.passage.text.split()[0]]}, usage=USAGE)

    async def open(self, model: str, account: Account) -> Engine:
        return self


async def test_a_default_is_no_answer_and_support_and_reasons_are_counted(extractor: Extractor) -> None:
    plain = codebook("place")
    plain["variables"][0]["default_value"] = "nowhere"
    extractor.world.plain = {**plain, "verify": "NONE"}
    words = ("stated", "unclear", "silent", "invented")
    extractor.world.add_texts(*(f"{word} is what happened in Kessling on Tuesday." for word in words))
    in_kessling = "what happened in Kessling"
    extractor.open_engine = Scripted(
        {
            "stated": (Answer("Kessling", in_kessling, 0.9),),
            "unclear": (Answer("the capital of the east", in_kessling, 0.9),),
            "silent": (),
            "invented": (Answer("Ostermund", "the crowd filled the square of Ostermund", 0.9),),
        }
    ).open
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    confidences = [e.confidence for d in (await extractor.rows(job_id))[:2] for e in d.extractions]
    with identity.acting_as(extractor.who):
        request = pb.GetJobStatisticsRequest(job_id=str(job_id))
        (found,) = (await extractor.servicer.GetJobStatistics(request, None)).items
    assert (found.units, found.answered, found.defaulted) == (4, 2, 1)
    assert found.mean_confidence == pytest.approx(sum(confidences) / 2)
    assert dict(found.support) == {"STATED": 1, "UNCHECKED": 1}
    assert dict(found.evidence) == {"EXACT": 2}
    assert dict(found.missing) == {"NOT_STATED": 1, "UNGROUNDED": 1}


async def test_the_pages_that_were_not_read_are_told_by_document(extractor: Extractor) -> None:
    extractor.world.add(2)
    extractor.world.add(1, "FAILED", "it is empty")
    extractor.world.unread_pages = (2, 5)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    with identity.acting_as(extractor.who):
        found = await extractor.servicer.GetJobStatistics(pb.GetJobStatisticsRequest(job_id=str(job_id)), None)
    assert [(d.document_name, list(d.pages)) for d in found.unread_pages] == [("d0", [2, 5]), ("d1", [2, 5])]
