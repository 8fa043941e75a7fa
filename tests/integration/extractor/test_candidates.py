"""Candidates are stored and served with what their confidence is built from."""

from __future__ import annotations

import pytest

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call, Engine, Reply
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.model_replies import Account
from tests.integration.extractor.conftest import USAGE, Extractor, codebook

COUNTED = "the clinic counted Kessling"
ANSWERS = (
    Answer("Kessling", COUNTED, 0.9, probability=0.3),
    Answer("Kessling", "later in Kessling", 0.9, probability=0.2),
    Answer("Ostermund", "the crowd filled the square of Ostermund", 0.9),
)


class Scripted:
    async def ask(self, call: Call) -> Reply:
        return Reply({"place": ANSWERS}, usage=USAGE)

    async def open(self, model: str, account: Account) -> Engine:
        return self


async def test_a_candidate_is_served_with_its_tokens_probability_and_what_repeats_it(extractor: Extractor) -> None:
    extractor.world.plain = {**codebook("place"), "verify": "NONE"}
    extractor.world.add_texts(f"On Monday {COUNTED}. It rained all day, and {ANSWERS[1].quote} once more.")
    extractor.open_engine = Scripted().open
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    request = pb.ListExtractionsRequest(project_id=str(extractor.project_id), job_id=str(job_id))
    with identity.acting_as(extractor.who):
        [extraction] = (await extractor.servicer.ListExtractions(request, None)).items
    served = {c.value.string_value: c for c in extraction.candidates}
    assert served["Kessling"].probability == pytest.approx(0.3)
    assert (served["Kessling"].repeated, served["Kessling"].judged) == (True, False)
    assert not served["Ostermund"].HasField("probability") and not served["Ostermund"].repeated
    assert extraction.confidence > served["Kessling"].confidence
