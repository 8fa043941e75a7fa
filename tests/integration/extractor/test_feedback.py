"""What people say of the dataset's cells on a real database: kept apart, checked, listed and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from coderai.codebook.codebook import Codebook
from coderai.kit.db import Database
from coderai.kit.errors import CoderAIError, InvalidInput
from coderai.kit.ids import new_id
from coderai.kit.wire import from_value, to_plain
from coderai.measuring.feedback import NothingToJudge, VerdictContradicted
from coderai.services.extractor.adapters.dataset_tables import (
    cells,
    coded_documents,
    feedback,
    review_samples,
    sample_cells,
)
from coderai.services.extractor.domain.dataset.corrections import CorrectionInvalid
from coderai.services.extractor.domain.quality.splits import split_of
from coderai.services.extractor.usecases.feedback_ports import (
    FeedbackNotFound,
    NotARow,
    NotOfSample,
    QuoteNotInText,
)
from tests.support.dataset_rows import MODEL
from tests.support.reviewing import ARABIC, INJURED, PLACE, TEXT, WEAPONS, Reviewed, decision, said_of
from tests.support.stack import ServiceDatabases


@pytest.fixture
async def review(service_dsns: ServiceDatabases) -> AsyncIterator[Reviewed]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Reviewed(db, Codebook("", (PLACE, INJURED, WEAPONS), model=MODEL))
    await db.close()


async def test_a_verdict_keeps_what_was_judged_and_by_whom(review: Reviewed) -> None:
    document_id, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250, confidence=0.83, prompt_version=4)
    given = await review.give(extraction_id, "CORRECT", note="  as the first line says ")
    assert to_plain(given) | {"id": "", "created_at": "", "split": ""} == {
        "id": "",
        "created_at": "",
        "split": "",
        "undone_at": "",
        "sample_id": "",
        "project_id": str(review.id),
        "document_id": str(document_id),
        "document_name": "a.txt",
        "unit_id": str(unit_id),
        "entity_index": 0,
        "entity_text": "",
        "variable_id": INJURED.id,
        "variable": "injured",
        "verdict": "CORRECT",
        "has_correction": False,
        "missing_reason": "",
        "note": "as the first line says",
        "is_final": False,
        "author": str(review.who.user_id),
        "extraction_id": str(extraction_id),
        "model_value": 250,
        "model_missing_reason": "",
        "stands": True,
        "prompt_version": 4,
        "prompt_version_id": given.prompt_version_id,
    }
    (row,) = await review.rows(feedback)
    assert (row.model_confidence, row.created_at.tzinfo is not None) == (0.83, True)


async def test_a_correction_is_coerced_and_found_in_the_text(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    given = await review.give(extraction_id, "INCORRECT", value="300", quote="police counted  300")
    assert (from_value(given.corrected_value), given.has_correction) == (300, True)
    assert (given.evidence.quote, given.evidence.page) == ("police counted 300", 1)
    assert TEXT[given.evidence.start : given.evidence.end] == "police counted 300"
    assert given.evidence.spans[0].start == given.evidence.start


async def test_an_arabic_correction_and_quote(review: Reviewed) -> None:
    document_id, _, extraction_id = await review.coded(ARABIC, INJURED, 200)
    review.languages[document_id] = "ar"
    given = await review.give(extraction_id, "INCORRECT", value="٢٥٠", quote="نحو ٢٥٠ شخصا")
    assert from_value(given.corrected_value) == 250
    assert given.evidence.quote == "نحو ٢٥٠ شخصًا"
    job_id = await review.job()
    placed = await review.extraction(job_id, UUID(given.unit_id), document_id, PLACE, "القاهرة")
    given = await review.give(placed, "PARTIALLY_CORRECT", value=" ساحة  التحرير ", quote="بساحة التحرير", note="أدق")
    assert (from_value(given.corrected_value), given.note) == ("ساحة التحرير", "أدق")


async def test_several_values_and_two_ends_are_corrections(review: Reviewed) -> None:
    document_id, unit_id, extraction_id = await review.coded(TEXT, WEAPONS, ["bat"])
    given = await review.give(extraction_id, "PARTIALLY_CORRECT", value=["bat", " knife"])
    assert from_value(given.corrected_value) == ["bat", "knife"]
    counted = await review.extracted(unit_id, document_id, INJURED, 250)
    given = await review.give(counted, "INCORRECT", value={"low": 250, "high": "300"})
    assert from_value(given.corrected_value)["high"] == 300


async def test_the_value_may_be_missing_for_a_reason(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    given = await review.give(extraction_id, "INCORRECT", missing_reason="NOT_STATED")
    plain = to_plain(given)
    assert (plain["missing_reason"], plain["has_correction"], "corrected_value" in plain) == ("NOT_STATED", True, False)


@pytest.mark.parametrize(
    ("verdict", "said", "error", "says"),
    [
        ("INCORRECT", {"value": "many"}, CorrectionInvalid, "injured: 'many' is not a number"),
        ("INCORRECT", {"value": 9000}, CorrectionInvalid, "9000 is more than 5000"),
        ("INCORRECT", {"value": [1, 2]}, CorrectionInvalid, "keeps one"),
        ("INCORRECT", {"missing_reason": "MODEL_FAILED"}, CorrectionInvalid, "must be one of NOT_STATED"),
        ("INCORRECT", {"missing_reason": "RANGE"}, CorrectionInvalid, "must be one of NOT_STATED"),
        ("INCORRECT", {"value": 300, "missing_reason": "VAGUE"}, CorrectionInvalid, "not both"),
        ("INCORRECT", {"value": 300, "quote": "400 marched"}, QuoteNotInText, "'400 marched'"),
        ("CORRECT", {"quote": "nobody marched there"}, QuoteNotInText, "not in the document's text"),
        ("CORRECT", {"value": 300}, VerdictContradicted, "verdict is CORRECT, but"),
        ("CORRECT", {"missing_reason": "NOT_STATED"}, VerdictContradicted, "verdict is CORRECT, but"),
        ("INCORRECT", {"value": "250.0"}, VerdictContradicted, "is what the model said"),
        ("PARTIALLY_CORRECT", {"value": 250}, VerdictContradicted, "not PARTIALLY_CORRECT"),
        ("UNKNOWN", {}, InvalidInput, "the verdict is missing"),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_of_it_stored(
    review: Reviewed, verdict: str, said: dict[str, Any], error: type[CoderAIError], says: str
) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    with pytest.raises(error, match=says):
        await review.give(extraction_id, "" if verdict == "UNKNOWN" else verdict, **said)
    assert await review.rows(feedback) == []
    assert [row.split for row in await review.rows(coded_documents)] == [""]


@pytest.mark.parametrize(
    ("said", "verdict", "corrected"),
    [
        ({"value": "250"}, "CORRECT", None),
        ({"value": 300}, "INCORRECT", 300),
        ({"missing_reason": "VAGUE"}, "INCORRECT", None),
    ],
)
async def test_what_is_right_says_by_itself_whether_the_model_is(
    review: Reviewed, said: dict[str, Any], verdict: str, corrected: Any
) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    given = to_plain(await review.give(extraction_id, "", **said))
    assert (given["verdict"], given.get("corrected_value")) == (verdict, corrected)
    assert given["has_correction"] == (verdict == "INCORRECT")


async def test_a_correction_that_is_what_the_model_said_beside_correct_is_only_correct(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, PLACE, "Malmö")
    given = await review.give(extraction_id, "CORRECT", value="MALMÖ ")
    assert not given.has_correction


async def test_two_people_are_kept_apart_until_an_adjudication_decides(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    ben, cleo = review.colleague(), review.colleague()
    await review.give(extraction_id, "CORRECT")
    assert await decision(review, unit_id) == (250, False)
    await review.give(extraction_id, "INCORRECT", ben, value=300)
    assert await decision(review, unit_id) == (300, True)
    assert [(one.author, one.stands) for one in (await review.of_cell(extraction_id)).items] == [
        (str(ben.user_id), True),
        (str(review.who.user_id), True),
    ]
    final = await review.give(extraction_id, "INCORRECT", cleo, value=275, is_final=True)
    assert await decision(review, unit_id) == (275, False)
    await review.give(extraction_id, "CORRECT", cleo)
    await review.give(extraction_id, "INCORRECT", ben, value=310)
    assert await decision(review, unit_id) == (275, False)
    standing = [one for one in (await review.of_cell(extraction_id)).items if one.stands]
    assert len(standing) == 4 and final.id in {one.id for one in standing}, "the newest of each, and the adjudication"
    await review.undo(final.id)
    assert await decision(review, unit_id) == (310, True)


async def test_undo_brings_back_what_its_author_said_before(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    first = await review.give(extraction_id, "INCORRECT", value=300)
    second = await review.give(extraction_id, "INCORRECT", value=310)
    assert [(one.id, one.stands) for one in (await review.of_cell(extraction_id)).items] == [
        (second.id, True),
        (first.id, False),
    ]
    ben = review.colleague()
    review.recasts.clear()
    undone = await review.undo(second.id, ben)
    assert review.recasts == [[unit_id]]
    assert undone.undone_at and not undone.stands
    assert await decision(review, unit_id) == (300, False)
    assert {row.id: row.undone_by for row in await review.rows(feedback)} == {
        UUID(first.id): None,
        UUID(second.id): ben.user_id,
    }
    assert (await review.undo(second.id)).undone_at == undone.undone_at, "taken back twice, it is taken back once"
    await review.undo(first.id)
    assert await decision(review, unit_id) is None
    with pytest.raises(FeedbackNotFound):
        await review.undo(str(new_id()))


async def test_saying_the_same_twice_is_said_once(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    said: dict[str, Any] = {"value": "300", "quote": "police counted 300", "note": "two sources"}
    first = await review.give(extraction_id, "INCORRECT", **said)
    again = await review.give(extraction_id, "INCORRECT", **said | {"value": 300.0})
    assert again.id == first.id
    more = await review.give(extraction_id, "INCORRECT", **said | {"is_final": True})
    other = await review.give(extraction_id, "INCORRECT", review.colleague(), **said)
    back = await review.give(extraction_id, "INCORRECT", **said)
    assert len({first.id, more.id, other.id, back.id}) == 4, "what was said in between makes it news"
    await review.undo(back.id)
    assert (await review.give(extraction_id, "INCORRECT", **said)).id not in (first.id, back.id)
    assert len(await review.rows(feedback)) == 5


async def test_the_dataset_shows_what_people_say_and_the_model_again_when_they_take_it_back(review: Reviewed) -> None:
    await review.hear()
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    ben = review.colleague()

    async def shown() -> tuple[Any, str, str, str, bool]:
        (row,) = [row for row in await review.rows(cells) if row.extraction_id]
        return row.value, row.status, row.origin, row.verdict, "DISPUTED" in row.flags

    given = await review.give(extraction_id, "INCORRECT", value=300)
    assert await shown() == (300, "VALIDATED", "CORRECTED", "INCORRECT", False)
    other = await review.give(extraction_id, "CORRECT", ben)
    assert await shown() == (250, "FLAGGED", "EXTRACTED", "CORRECT", True)
    final = await review.give(extraction_id, "PARTIALLY_CORRECT", ben, value="250-300", is_final=True)
    ends = {"low": 250, "high": 300, "low_closed": True, "high_closed": True}
    assert await shown() == (ends, "VALIDATED", "CORRECTED", "PARTIALLY_CORRECT", False)
    await review.undo(final.id)
    assert await shown() == (250, "FLAGGED", "EXTRACTED", "CORRECT", True)
    await review.undo(other.id)
    assert await shown() == (300, "VALIDATED", "CORRECTED", "INCORRECT", False)
    await review.undo(given.id)
    assert await shown() == (250, "EXTRACTED", "EXTRACTED", "", False)


async def test_what_is_judged_is_the_models_value_and_not_the_corrected_one(review: Reviewed) -> None:
    document_id, unit_id, _ = await review.coded(TEXT, PLACE, "Malmö")
    job_id = await review.job()
    extraction_id = await review.extraction(job_id, unit_id, document_id, INJURED, 250, confidence=0.4)
    shown: dict[str, Any] = {"extraction_id": extraction_id, "origin": "CORRECTED", "corrected_by": new_id()}
    await review.cell(unit_id, document_id, INJURED, 300, confidence=1.0, **shown)
    reply = await review.batch(said_of("CORRECT", unit_id=unit_id, variable="injured"))
    assert from_value(reply.items[0].feedback.model_value) == 250
    with pytest.raises(VerdictContradicted):
        await review.give(extraction_id, "CORRECT", value=300)


async def test_an_earlier_extraction_may_be_judged_and_a_trials_may_not(review: Reviewed) -> None:
    document_id, unit_id, earlier = await review.coded(TEXT, INJURED, 250)
    job_id = await review.job()
    newest = await review.extraction(job_id, unit_id, document_id, INJURED, 300)
    trial = await review.extraction(await review.job(), None, document_id, INJURED, 9)
    given = [await review.give(earlier, "INCORRECT"), await review.give(newest, "CORRECT")]
    assert [from_value(one.model_value) for one in given] == [250, 300]
    with pytest.raises(NotARow):
        await review.give(trial, "CORRECT")
    assert (await review.of_cell(trial)).items == []


async def test_a_cell_of_which_nothing_was_asked_takes_what_is_right(review: Reviewed) -> None:
    document_id, unit_id, _ = await review.coded(TEXT, PLACE, "Malmö")
    of_cell = {"unit_id": unit_id, "variable": "injured"}
    reply = await review.batch(said_of("CORRECT", **of_cell), said_of("INCORRECT", **of_cell))
    assert reply.kept == 0 and all("No model has answered" in item.error for item in reply.items)
    (item,) = (await review.batch(said_of("INCORRECT", value=300, **of_cell))).items
    plain = to_plain(item.feedback)
    assert (plain["corrected_value"], plain["extraction_id"], plain["prompt_version"]) == (300, "", 0)
    failed = await review.extraction(
        await review.job(), unit_id, document_id, INJURED, status="FAILED", missing_reason="MODEL_FAILED"
    )
    with pytest.raises(NothingToJudge):
        await review.give(failed, "CORRECT")
    assert (await review.give(failed, "INCORRECT", value=300)).model_missing_reason


@pytest.mark.parametrize("state", ["REMOVED", "MERGED", "SPLIT", "LOST"])
async def test_what_is_no_row_takes_no_feedback(review: Reviewed, state: str) -> None:
    document_id = await review.document()
    unit_id = await review.unit(document_id, 1, "Corvina", state=state)
    extraction_id = await review.extracted(unit_id, document_id, INJURED, 250)
    with pytest.raises(NotARow, match=state):
        await review.give(extraction_id, "CORRECT")


async def test_feedback_of_a_drawn_sample_is_about_its_cells(review: Reviewed) -> None:
    document_id, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    _, _, not_drawn = await review.coded(TEXT, INJURED, 300)
    sample_id = new_id()
    sample = {"id": sample_id, "project_id": review.id, "design": "UNIFORM", "blind": True, "seed": 1, "size": 1}
    sample |= {"population": 2, "variable_ids": [], "strata": [], "author": review.who.user_id}
    await review.add(review_samples, [sample])
    cell = {"project_id": review.id, "sample_id": sample_id, "document_id": document_id, "unit_id": unit_id}
    cell |= {"variable_id": UUID(INJURED.id), "extraction_id": extraction_id, "position": 0, "stratum": ""}
    cell |= {"inclusion_probability": 0.5, "value": 250, "missing_reason": "", "confidence": 0.8}
    await review.add(sample_cells, [cell])
    given = await review.give(extraction_id, "CORRECT", sample_id=sample_id)
    assert given.sample_id == str(sample_id)
    for other, sample in ((not_drawn, sample_id), (extraction_id, new_id())):
        with pytest.raises(NotOfSample):
            await review.give(other, "CORRECT", sample_id=sample)


async def test_a_document_gets_its_part_with_its_first_feedback_for_good(review: Reviewed) -> None:
    document_id, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    untouched, _, _ = await review.coded(TEXT, INJURED, 250)
    given = await review.give(extraction_id, "CORRECT")
    assert given.split == split_of(review.id, document_id)
    await review.undo(given.id)
    parts = {row.document_id: row.split for row in await review.rows(coded_documents)}
    assert parts == {document_id: split_of(review.id, document_id), untouched: ""}
