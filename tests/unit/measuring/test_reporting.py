"""Every figure of one variable, by hand, from cells that were drawn and judged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from coderai.codebook.variable import Category, IfMultipleValues, Variable, VariableType
from coderai.measuring.design import DrawnStratum
from coderai.measuring.feedback import Answer, Feedback, Verdict
from coderai.measuring.judging import Drawn, judge
from coderai.measuring.reporting import Quality, quality
from coderai.services.extractor.domain.coding.extraction import MissingReason

SAMPLE, ID = UUID(int=1), UUID(int=2)
ANNA, BOB = UUID(int=3), UUID(int=4)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = Answer(None, MissingReason.NOT_STATED)
KINDS = tuple(Category(value) for value in ("strike", "march", "riot"))


def variable(type_: VariableType = VariableType.CATEGORY, **rest: Any) -> Variable:
    return Variable(str(ID), "kind", type_, **({"categories": KINDS} if type_ is VariableType.CATEGORY else {}) | rest)


def said(
    judged: Answer, right: Answer | None, author: UUID = ANNA, sample_id: UUID | None = SAMPLE, **rest: Any
) -> Feedback:
    """That an answer is right (`right` is the same), wrong (None), or what is right instead."""
    verdict = Verdict.CORRECT if right is judged else Verdict.INCORRECT
    correction = None if right is judged else right
    rest = {"created_at": NOON, "id": UUID(int=9)} | rest
    return Feedback(
        document_id=ID,
        unit_id=ID,
        variable_id=ID,
        author=author,
        verdict=verdict,
        judged=judged,
        correction=correction,
        sample_id=sample_id,
        **rest,
    )


def cell(says: Any, right: Any, stratum: str = "s", confidence: float = 0.9) -> Drawn:
    """A judged cell: `right` is what is right; of "" nobody says what is, only that this is not."""
    answer = NOTHING if says is None else Answer(says)
    known = None if right == "" else NOTHING if right is None else Answer(right)
    told = said(answer, answer if known == answer else known)
    return Drawn(SAMPLE, stratum, ID, answer, confidence, [told])


def report(
    cells: Sequence[Drawn],
    of: Variable | None = None,
    people: Sequence[Sequence[Feedback]] = (),
    **populations: int,
) -> Quality:
    """What is known of a variable; `populations`: how many cells each stratum has, all of its drawn ones judged."""
    populations = populations or {"s": 10**9}
    drawn = {name: sum(one.stratum == name for one in cells) for name in populations}
    strata = [DrawnStratum(name, ID, many, drawn[name], drawn[name] / many) for name, many in populations.items()]
    return quality(of or variable(), {SAMPLE: strata}, cells, people)


def test_each_cell_counts_by_what_it_stands_for() -> None:
    """Of 900 cells with a value half are right; of 100 without one, none is missed in 3 of 4."""
    cells = [cell("strike", "strike", "found"), cell("march", "strike", "found")]
    cells += [cell(None, None, "not"), cell(None, None, "not"), cell(None, None, "not"), cell(None, "riot", "not")]
    found = report(cells, found=900, **{"not": 100})
    assert found.accuracy is not None and found.false_values is not None and found.missed_values is not None
    assert found.accuracy.value == pytest.approx(0.9 * 0.5 + 0.1 * 0.75)
    assert found.accuracy.method == "DESIGN"
    assert (found.false_values.value, found.false_values.cells) == (0.5, 2)
    assert (found.missed_values.value, found.missed_values.cells) == (0.25, 4)


def test_precision_recall_and_f1_of_each_category() -> None:
    """strike: 3 given, 2 right, 3 there; march: 1 given, none right, 1 there; riot was neither given nor there."""
    cells = [cell("strike", "strike"), cell("strike", "strike"), cell("strike", "march"), cell("march", "strike")]
    strike, march = report([*cells, cell(None, None)]).categories
    figures = [
        (c.value, *(e and (round(e.value, 4), e.cells) for e in (c.precision, c.recall, c.f1))) for c in (strike, march)
    ]
    assert figures == [
        ("strike", (0.6667, 3), (0.6667, 3), (0.6667, 4)),
        ("march", (0.0, 1), (0.0, 1), (0.0, 2)),
    ]
    assert strike.precision is not None and strike.f1 is not None
    assert (strike.precision.method, strike.f1.method) == ("WILSON", "DESIGN")


def test_a_category_that_was_never_right_to_give_has_no_recall() -> None:
    (only,) = report([cell("strike", "")]).categories
    assert (only.precision and only.precision.value, only.recall) == (0.0, None)


def test_of_a_boolean_true_is_told_and_of_several_values_each() -> None:
    (true,) = report([cell(True, True), cell(True, False)], variable(VariableType.BOOLEAN)).categories
    assert (true.value, true.precision and true.precision.value, true.recall and true.recall.value) == (True, 0.5, 1.0)
    several = variable(if_multiple_values=IfMultipleValues.ALL)
    found = report([cell(["strike", "riot"], ["strike"])], several)
    assert [(one.value, one.precision and one.precision.value) for one in found.categories] == [
        ("strike", 1.0),
        ("riot", 0.0),
    ]
    assert not report([cell("a", "a")], variable(VariableType.TEXT)).categories


def test_the_confusion_table_counts_what_is_right_by_what_was_given() -> None:
    cells = [cell("strike", "strike"), cell("strike", "strike"), cell("march", "strike"), cell(None, "riot")]
    found = report([*cells, cell("riot", None), cell(None, None), cell("riot", "")]).confusion
    assert [(one.right, one.given, one.cells) for one in found] == [
        ("strike", "strike", 2),
        ("strike", "march", 1),
        ("riot", None, 1),
        (None, "riot", 1),
        (None, None, 1),
    ], "what nobody says is right of is left out"
    truths = report([cell(True, False), cell(False, False)], variable(VariableType.BOOLEAN)).confusion
    assert [(one.right, one.given, one.cells) for one in truths] == [(False, True, 1), (False, False, 1)]
    several = variable(if_multiple_values=IfMultipleValues.ALL)
    assert not report([cell(["strike"], ["strike"])], several).confusion
    assert not report([cell("a", "a")], variable(VariableType.TEXT)).confusion


def test_the_newest_word_decides_but_only_the_sample_makes_a_cell_count() -> None:
    strike, march = Answer("strike"), Answer("march")
    in_sample = said(strike, strike)
    later = said(strike, march, sample_id=None, created_at=NOON + timedelta(hours=1))
    elsewhere = Drawn(SAMPLE, "s", ID, strike, 0.9, [later])
    assert judge(variable(), elsewhere) is None
    both = judge(variable(), Drawn(SAMPLE, "s", ID, strike, 0.9, [in_sample, later]))
    assert both is not None
    assert (both.is_right, both.right) == (False, march)
    taken_back = said(strike, strike, undone_at=NOON)
    assert judge(variable(), Drawn(SAMPLE, "s", ID, strike, 0.9, [taken_back, later])) is None
    assert judge(variable(), Drawn(UUID(int=77), "s", ID, strike, 0.9, [in_sample])) is None


def test_that_an_answer_is_wrong_holds_for_as_long_as_it_is_given() -> None:
    wrong = said(Answer("Kyiv"), None)
    text = variable(VariableType.TEXT)
    same = judge(text, Drawn(SAMPLE, "s", ID, Answer("KYIV."), 0.9, [wrong]))
    assert same is not None
    assert (same.is_right, same.right) == (False, None)
    assert judge(text, Drawn(SAMPLE, "s", ID, Answer("Lviv"), 0.9, [wrong])) is None
    found = report([Drawn(SAMPLE, "s", ID, Answer("Lviv"), 0.9, [wrong])], text)
    assert (found.tally.drawn, found.tally.judged, found.tally.lapsed, found.accuracy) == (1, 0, 1, None)


def test_numbers_and_dates_agree_by_how_far_they_are_apart() -> None:
    close = report([cell(n, n + 1) for n in range(0, 100, 10)], variable(VariableType.NUMBER)).with_model
    far = report([cell(n, 90 - n) for n in range(0, 100, 10)], variable(VariableType.NUMBER)).with_model
    assert close is not None and far is not None
    assert close.krippendorff_alpha is not None and far.krippendorff_alpha is not None
    assert (close.level, close.percent.value, round(close.krippendorff_alpha.value, 2)) == ("interval", 0.0, 1.0)
    assert far.krippendorff_alpha.value < 0
    days = [("2021-03-05", "2021-03-06"), ("2021-07", "2021-07-15"), ("1999", "1999-07-02"), ("2001-01-01", None)]
    dates = report([cell(one, other) for one, other in days], variable(VariableType.DATE)).with_model
    assert dates is not None and dates.krippendorff_alpha is not None
    assert (dates.units, dates.krippendorff_alpha.cells) == (4, 3), "what is missing stands nowhere on the scale"
    assert dates.krippendorff_alpha.value > 0.99


def test_people_agree_on_what_is_right_whatever_was_adjudicated() -> None:
    strike, march = Answer("strike"), Answer("march")
    cells = [[said(strike, strike, ANNA), said(strike, strike, BOB)] for _ in range(3)]
    differing = [said(strike, strike, ANNA), said(strike, march, BOB)]
    final = said(strike, march, ANNA, is_final=True, created_at=NOON + timedelta(hours=1))
    unnamed = [said(strike, None, ANNA), said(strike, march, BOB)]
    found = report([], people=[*cells, [*differing, final], unnamed]).among_people
    assert found is not None
    assert (found.units, found.percent.value) == (4, 0.75)


def test_nothing_judged_leaves_everything_unknown() -> None:
    assert report([]) == Quality()


def test_no_process_imports_the_statistics_libraries_before_somebody_asks() -> None:
    code = (
        "import sys, coderai.services.extractor.bootstrap;"
        "sys.exit(any(name in sys.modules for name in ('scipy', 'nltk')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=240).returncode == 0
