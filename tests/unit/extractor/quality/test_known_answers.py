"""Known answers from a CSV: what is taken of it, what is refused, and what becomes of a cell held against them."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.codebook.variable import Category, IfMultipleValues, Variable, VariableType
from coderai.measuring.feedback import Answer
from coderai.services.extractor.domain.quality.gold import GoldUnreadable, Outcome, outcome, read_csv
from coderai.services.extractor.domain.quality.naming import named

INJURED = Variable("1", "injured", VariableType.NUMBER)
FORM = Variable("2", "form", VariableType.CATEGORY, categories=(Category("march"), Category("vigil")))
PLACES = Variable("3", "places", VariableType.TEXT, if_multiple_values=IfMultipleValues.ALL)
DAY = Variable("4", "day", VariableType.DATE)
VARIABLES = (INJURED, FORM, PLACES, DAY)


def test_a_cell_holds_alternatives_several_values_or_none() -> None:
    text = "\ufeffdocument,injured,form,places,day\na.txt,12|13,March,Rome; Oslo|Rome,2024-05\nb.txt,,,القاهرة,\n"
    lines, problems = read_csv(text, VARIABLES, multiple=False)
    assert problems == []
    assert lines[0].cells == {
        "injured": (12, 13),
        "form": ("march",),
        "places": (["Rome", "Oslo"], "Rome"),
        "day": ("2024-05",),
    }
    assert lines[1].cells == {"injured": (), "form": (), "places": ("القاهرة",), "day": ()}


def test_what_does_not_fit_its_type_is_told_by_line_and_the_rest_is_taken() -> None:
    lines, problems = read_csv("document,injured,form\na,many,march\nb,1,riot\nc,2\n", VARIABLES, multiple=False)
    assert [(p.line, p.column) for p in problems] == [(2, "injured"), (3, "form"), (4, "")]
    assert [dict(line.cells) for line in lines] == [{"form": ("march",)}, {"injured": (1,)}]


def test_a_line_without_an_entity_says_nothing_where_a_document_gives_several_rows() -> None:
    text = "document,entity,injured\na,Corvina|MV Corvina,3\na,,\na,,4\n"
    lines, problems = read_csv(text, VARIABLES, multiple=True)
    assert [(problem.line, problem.column) for problem in problems] == [(4, "entity")]
    assert [(line.entity, line.cells) for line in lines] == [(("Corvina", "MV Corvina"), {"injured": (3,)})]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs a column 'document'"),
        ("name,injured\na,1\n", "needs a column 'document'"),
        ("document,killed\na,1\n", "no variables of the project: 'killed'"),
        ("document\na\n", "no column is a variable"),
        ("document,injured,injured\na,1,1\n", "twice"),
        ('document,injured\na,"1\n', "no CSV"),
    ],
)
def test_what_is_no_csv_of_known_answers_is_refused(text: str, says: str) -> None:
    with pytest.raises(GoldUnreadable, match=says):
        read_csv(text, VARIABLES, multiple=False)


def test_entities_need_their_column() -> None:
    with pytest.raises(GoldUnreadable, match="'entity'"):
        read_csv("document,injured\na,1\n", VARIABLES, multiple=True)


@pytest.mark.parametrize(
    ("says", "right", "expected"),
    [
        (12, (12, 13), Outcome.RIGHT),
        (13.0, (12, 13), Outcome.RIGHT),
        (14, (12, 13), Outcome.WRONG),
        (None, (12,), Outcome.MISSED),
        (None, (), Outcome.RIGHT),
        (0, (), Outcome.INVENTED),
    ],
)
def test_a_cell_is_right_wrong_missed_or_invented(says: Any, right: tuple[Any, ...], expected: Outcome) -> None:
    assert outcome(INJURED, Answer(says), right) is expected


def test_a_unit_is_found_by_any_of_its_names_and_by_a_part_only_where_that_is_clear() -> None:
    units = ["MV Corvina", "Corvina II", "Santa Ludmila"]
    assert named(("mv  corvina",), units, str) == "MV Corvina"
    assert named(("ferry MV Santa Ludmila",), units, str) == "Santa Ludmila"
    assert named(("Corvina",), units, str) is None, "two have it as a part"
    assert named(("Corvinas",), units, str) is None
