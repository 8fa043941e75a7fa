"""The methods section says what is so of datasets that are small, failed, unreviewed or partly known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.methods import methods
from coderai.services.export.domain.provenance import CodedDocument, Run
from coderai.services.export.domain.texts import ReadDocument
from tests.unit.export.bundles import READ, HowValuesCameAbout, ReadTexts, bundle
from tests.unit.export.datasets import dataset, document, extraction, variable
from tests.unit.export.everything import everything

PLACE = variable("place")
CODED = document("a", {"place": "Ulm"}, id="doc-1")


def told(made: Dataset) -> str:
    return "\n".join(block.plain for block in methods(made))


class Answered(HowValuesCameAbout):
    """One document, for one token of each kind, with prompts that were warmer then than the codebook has them now."""

    def runs(self) -> Iterator[Run]:
        for run in super().runs():
            prompt = {"version": 1, "temperature": 0.7, "author": "eve@example.org"}
            place = {"id": "place", "name": "place", "type": "TEXT", "active_prompt": prompt}
            yield run._replace(codebook={"hash": "abc", "variables": [place]})

    def documents(self) -> Iterator[CodedDocument]:
        for one in super().documents():
            if one.receipt is not None:
                yield one._replace(receipt={**one.receipt, "tokens_in": 1, "tokens_out": 1})


class PartlyKnown(ReadTexts):
    """The language of one document is not known."""

    def documents(self) -> Iterator[ReadDocument]:
        for number, one in enumerate(super().documents()):
            yield one._replace(language="" if number == 1 else one.language)


def test_where_nothing_could_be_coded_it_says_so() -> None:
    made = dataset([PLACE], [document("a", status="FAILED", error="no text"), document("b", status="FAILED")])
    assert "coded from 2 documents. Documents that could be coded: 0. Coding failed for 2 documents." in told(made)


def test_one_of_each_is_in_the_singular() -> None:
    made = replace(dataset([PLACE], [CODED]), texts=READ, provenance=Answered())
    text = told(made)
    assert "coded from 1 document. Kinds of file: 1 TXT. Detected languages: 1 in English. Length: 1 page." in text
    assert "1 row and 1 variable: 1 cell." in text
    assert "This took 1 request to models, with 1 token sent and 1 token answered." in text
    assert "Cells with a value: 1, of 1 cell." in text


def test_languages_that_are_not_known_are_counted() -> None:
    made = replace(everything(), texts=PartlyKnown())
    assert "Detected languages: 2 in English and 1 in none." in told(made)


def test_temperatures_are_those_of_the_jobs() -> None:
    cell = extraction("place", "Ulm", model="openai:small")
    made = replace(dataset([PLACE], [replace(CODED, extractions=[cell])]), provenance=Answered())
    assert "asked at temperature 0.7," in told(made)


def test_of_the_rows_of_a_job_nothing_is_measured() -> None:
    made = dataset([PLACE], [CODED])
    assert made.job is not None
    assert "Samples are drawn of a project's dataset, and not of the rows of a job" in told(made)
    assert "No sample of cells was drawn and judged" in told(dataset([PLACE], [CODED], job=None))


def test_who_wrote_a_prompt_is_told_as_such() -> None:
    made = dataset([PLACE], [CODED], job=None)

    class Written(Answered):
        people = ("eve@example.org",)

        def feedback(self) -> Iterator[dict[str, str]]:
            return iter(())

    readme = bundle(replace(made, provenance=Written())).text("README.md")
    assert "Who wrote prompts, drew samples or reviewed stands here by the id of the account." in readme
