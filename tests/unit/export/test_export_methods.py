"""The methods section: plain words, each number a figure of the statistics, as Markdown and as DOCX."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from coderai.measuring.figures import NUMBER, How, figure_at, shown
from coderai.services.export.adapters.methods_docx import write_methods_docx
from coderai.services.export.adapters.methods_markdown import write_methods_markdown
from coderai.services.export.domain.coded import Document
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.methods import methods
from coderai.services.export.domain.prose import figures_of
from coderai.services.export.domain.statistics import statistics
from coderai.services.export.domain.statistics_words import DEFINITIONS
from tests.support.judged_bundle import judged_dataset
from tests.unit.export.datasets import JOB, dataset, document, extraction, variable
from tests.unit.export.everything import everything
from tests.unit.ingest.files import read_one

OFFLINE = {"model": "offline"}


def text(made: Dataset) -> str:
    return "\n".join(block.plain for block in methods(made))


def small(documents: Sequence[Document], **codebook: str) -> Dataset:
    variables = (variable("injured", "NUMBER", instructions="Was anyone hurt?"), variable("place"))
    return dataset(variables, documents, job=None, **codebook)


def test_one_document_and_many_read_right() -> None:
    found = [extraction("injured", 7, **OFFLINE), extraction("place", None, **OFFLINE)]
    one = text(small([Document("1", "a.txt", extractions=found)]))
    assert "coded from 1 document." in one and "1 row and 2 variables: 2 cells." in one
    assert "NOT_STATED (the document does not state it): 1 cell" in one
    assert "Was anyone hurt?\n" in one and "?." not in one
    many = text(small([Document(str(n), f"{n}.txt", extractions=found) for n in range(1200)]))
    assert "coded from 1,200 documents." in many and "1,200 rows and 2 variables: 2,400 cells." in many


def test_the_built_in_engine_and_a_model_are_told_apart() -> None:
    by_rules = text(small([Document("1", "a.txt", extractions=[extraction("injured", 7, **OFFLINE)])]))
    assert "CoderAI's built-in engine" in by_rules and "temperature" not in by_rules
    by_model = text(small([Document("1", "a.txt", extractions=[extraction("injured", 7, model="openai:gpt-5-mini")])]))
    assert "the model openai:gpt-5-mini (1 cell)" in by_model and "at temperature 0" in by_model
    assert "built-in" not in by_model


def test_nothing_that_was_not_done_is_claimed() -> None:
    told = text(small([document("a.txt", {"injured": 7})]))
    assert "No person has reviewed any cell" in told
    assert "the accuracy of this dataset has not been measured" in told
    assert "cost" not in told
    assert "are as the model gave them" in text(everything(job=JOB))


def test_what_was_measured_is_told_with_its_interval() -> None:
    made = judged_dataset()
    found = made.report.of("place").accuracy
    assert found is not None
    interval = f"accuracy {100 * found.value:.1f} % ({100 * found.low:.1f} % to {100 * found.high:.1f} %; 1 cell)"
    assert f"place: {interval}" in text(made)
    assert "Of injured, share" in text(made) and "nothing was measured" in text(made)


@pytest.mark.parametrize("made", [everything(), everything(job=JOB), judged_dataset()], ids=["all", "job", "judged"])
def test_each_figure_of_the_text_is_that_of_the_statistics(made: Dataset) -> None:
    blocks, figures = methods(made), statistics(made)
    numbers = NUMBER.findall("\n".join(block.plain for block in blocks))
    listed = list(figures_of(blocks))
    assert len(listed) > 20
    for figure in listed:
        assert numbers[figure.place - 1] == shown(figure_at(figures, figure.path), figure.how)


def test_what_projects_say_cannot_pretend_to_be_a_figure() -> None:
    name = "\ue000of_dataset.rows\ue001count\ue00199\ue002 # *bold* | `x` 12"
    made = small([document("a.txt", {"injured": 7})], project_name=name, project_description=name)
    assert "\ue000" not in text(made)
    numbers, figures = NUMBER.findall(text(made)), statistics(made)
    for one in figures_of(methods(made)):
        assert numbers[one.place - 1] == shown(figure_at(figures, one.path), one.how)


def test_both_files_have_the_same_text_and_arabic_stays_what_it_is(tmp_path: Path) -> None:
    made = judged_dataset()
    made = replace(made, codebook=replace(made.codebook, project_name="احتجاجات 2021 <b>&amp;"))
    write_methods_markdown(made, tmp_path / "methods.md")
    write_methods_docx(made, tmp_path / "methods.docx")
    read = read_one((tmp_path / "methods.docx").read_bytes(), "methods.docx").text
    assert "احتجاجات 2021 <b>&amp;" in read and "قوة مميتة" in read
    words = [block.plain for block in methods(made)]
    assert all(one in read for one in words)
    prose = (tmp_path / "methods.md").read_text(encoding="utf-8").partition("\n## Figures\n")[0]
    plain = re.sub(r"\\([\\`*_\[\]<>])", r"\1", prose)
    assert all(one in plain for one in words)


def test_statistics_are_json_and_each_figure_of_all_cells_is_explained() -> None:
    found = json.loads(json.dumps(statistics(judged_dataset()), allow_nan=False))
    (first, *_) = found["variables"]
    named = {*found["of_dataset"], *first["counts"], *first["stated"]}
    assert named <= set(DEFINITIONS)
    assert {f"coding.{name}" for name in found["coding"]} <= set(DEFINITIONS)
    assert {f"measured.{name}" for name in first["measured"]} <= set(DEFINITIONS)


def test_figures_are_written_as_they_are_read() -> None:
    assert shown(1234567, How.COUNT) == "1,234,567"
    assert (shown(0.91249, How.PERCENT), shown(1.0, How.PERCENT)) == ("91.2", "100.0")
    assert (shown(-0.254, How.ROUNDED), shown(0.00312, How.COST)) == ("-0.25", "0.0031")
    assert shown(1234.5, How.COST) == "1,234.50"
    assert NUMBER.findall("on 2026-11-26 it was -0.25 of 1,234 (0.5)") == ["2026", "11", "26", "-0.25", "1,234", "0.5"]
