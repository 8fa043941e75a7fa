"""Filters and sorts of the dataset's rows: what they mean, and what is said of those that make no sense."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Category, Variable, VariableType
from coderai.kit.errors import InvalidInput
from coderai.services.extractor.domain.dataset.filters import (
    Comparison,
    Field,
    Filter,
    Sort,
    Subject,
    named,
    read_filters,
    read_sort,
)

DATE = Variable("1", "event_date", VariableType.DATE)
PLACE = Variable("2", "place", VariableType.TEXT)
FORM = Variable("3", "form", VariableType.CATEGORY, categories=(Category("march"), Category("Sit-in")))
INJURED = Variable("4", "injured", VariableType.NUMBER)
FORCE = Variable("5", "police_force", VariableType.BOOLEAN)
DOCUMENT = Variable("6", "document", VariableType.TEXT)
BOOK = Codebook("", (DATE, PLACE, FORM, INJURED, FORCE, DOCUMENT))
OPERATORS = st.sampled_from(list(Comparison))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)


def read(text: str) -> Filter:
    [one] = read_filters([text], BOOK)
    return one


def refused(text: str) -> str:
    with pytest.raises(InvalidInput) as raised:
        read_filters([text], BOOK)
    assert raised.value.fields == {"filter": raised.value.message}
    assert repr(text) in raised.value.message
    return raised.value.message


def of(variable: Variable, comparison: str, value: object, field: Field = Field.VALUE) -> Filter:
    return Filter(Subject.VARIABLE, field, Comparison(comparison), value, variable)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("injured>=100", of(INJURED, ">=", 100.0)),
        ("injured != 1,250", of(INJURED, "!=", 1250.0)),
        ("injured<-2.5e3", of(INJURED, "<", -2500.0)),
        ("event_date=2021-03", of(DATE, "=", "2021-03")),
        ("event_date<2021", of(DATE, "<", "2021")),
        ("event_date>5 March 2021", of(DATE, ">", "2021-03-05")),
        ("form=MARCH", of(FORM, "=", "march")),
        ("form~MAR", of(FORM, "~", "MAR")),
        ("police_force=yes", of(FORCE, "=", True)),
        ("police_force!=false", of(FORCE, "!=", False)),
        ("place=القاهرة", of(PLACE, "=", "القاهرة")),
        ("place~ساحة التحرير", of(PLACE, "~", "ساحة التحرير")),
        ("place=a=b>c~d", of(PLACE, "=", "a=b>c~d")),
        ('place=" a "', of(PLACE, "=", " a ")),
        ('place="say ""no"""', of(PLACE, "=", 'say "no"')),
        ('place="a" and "b"', of(PLACE, "=", '"a" and "b"')),
        ('place~"="', of(PLACE, "~", "=")),
        ('"document"=x', of(DOCUMENT, "=", "x")),
        ('"injured" . confidence <= 0.5', of(INJURED, "<=", 0.5, Field.CONFIDENCE)),
        ("place.status=flagged", of(PLACE, "=", "FLAGGED", Field.STATUS)),
        ("place.flag!=AMBIGUOUS", of(PLACE, "!=", "AMBIGUOUS", Field.FLAG)),
        ("place.missing=NOT_STATED", of(PLACE, "=", "NOT_STATED", Field.MISSING)),
        ("place.verdict=none", of(PLACE, "=", "NONE", Field.VERDICT)),
        ("place.support=STATED", of(PLACE, "=", "STATED", Field.SUPPORT)),
        ("place.origin=CORRECTED", of(PLACE, "=", "CORRECTED", Field.ORIGIN)),
        ("place.stale=True", of(PLACE, "=", "true", Field.STALE)),
        ("place.stale=failed", of(PLACE, "=", "FAILED", Field.STALE)),
        ("any.flag=DISPUTED", Filter(Subject.ANY, Field.FLAG, Comparison.EQUAL, "DISPUTED")),
        ("document~police", Filter(Subject.DOCUMENT, Field.VALUE, Comparison.CONTAINS, "police")),
        ("entity!=MV Corvina", Filter(Subject.ENTITY, Field.VALUE, Comparison.UNEQUAL, "MV Corvina")),
        (
            "document.id=0191a000-0000-7000-8000-000000000001",
            Filter(Subject.DOCUMENT, Field.ID, Comparison.EQUAL, UUID("0191a000-0000-7000-8000-000000000001")),
        ),
    ],
)
def test_what_filters_mean(text: str, meant: Filter) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "VARIABLE[.FIELD] OPERATOR VALUE"),
        ("injured", "VARIABLE[.FIELD] OPERATOR VALUE"),
        (">=100", "VARIABLE[.FIELD] OPERATOR VALUE"),
        ("two words=1", "VARIABLE[.FIELD] OPERATOR VALUE"),
        ('"injured=1', "VARIABLE[.FIELD] OPERATOR VALUE"),
        ("injured=", "missing!=NONE"),
        ("injured==5", "single ="),
        ("hurt=5", "there is no variable 'hurt'; there are event_date, place, form"),
        ("Injured=5", "there is no variable 'Injured'"),
        ("injured~5", "~ does not fit: injured is a NUMBER, which has = != < <= > >="),
        ("place<a", "place is a TEXT, which has = != ~"),
        ("police_force>true", "police_force is a BOOLEAN, which has = !="),
        ("injured=many", "'many' is not a number"),
        ("injured=400 to 500", "is not a number"),
        ("injured=nan", "is not a number"),
        ("injured=inf", "is not a number"),
        ("event_date=soon", "'soon' is not a date such as 2021-03-05"),
        ("event_date=2021-13", "is not a date"),
        ("police_force=perhaps", "'perhaps' is not true or false"),
        ("form=vigil", "'vigil' is no category of form; it has march, Sit-in"),
        ("place.colour=red", "place has no field 'colour'; it has confidence status flag"),
        ("place.=red", "place has no field ''"),
        ("place.id=1", "place has no field 'id'"),
        ("place.status=GOOD", "'GOOD' is no status; it must be one of EXTRACTED, VALIDATED, FLAGGED, FAILED"),
        ("place.status=NONE", "'NONE' is no status"),
        ("place.status~FLAG", "~ does not fit: place has = !="),
        ("place.confidence=high", "'high' is no number from 0 to 1"),
        ("place.confidence<1.5", "no number from 0 to 1"),
        ("place.stale=perhaps", "it must be one of true, false, FAILED"),
        ("any=5", "any needs a field: confidence status flag"),
        ("document.status=DONE", "document has no field 'status'; it has id"),
        ("document<b", "< does not fit: document has = != ~"),
        ("document.id=a.txt", "'a.txt' is no id"),
        ("entity.status=x", "entity has no field 'status'; it has none"),
        ("place=a\0b", "U+0000"),
    ],
)
def test_what_is_said_of_filters_that_make_no_sense(text: str, says: str) -> None:
    assert says in refused(text)


@given(TEXTS.map(str.strip).filter(bool))
def test_any_text_is_found_as_it_is_when_it_is_quoted(value: str) -> None:
    quoted = value.replace('"', '""')
    assert read(f'place="{quoted}"').value == value


@given(st.text(max_size=40))
def test_every_filter_is_understood_or_refused_with_a_reason(text: str) -> None:
    try:
        read_filters([text], BOOK)
    except InvalidInput as error:
        assert error.fields == {"filter": error.message}


@given(st.sampled_from(BOOK.variables), st.sampled_from(["", *(f".{field}" for field in Field if field)]), OPERATORS)
def test_nothing_but_operators_and_values_that_fit_come_out(variable: Variable, field: str, comparison: str) -> None:
    for value in ("5", "2021", "march", "true", "FLAGGED", "NONE"):
        try:
            [one] = read_filters([f'"{variable.name}"{field}{comparison}{value}'], BOOK)
        except InvalidInput:
            continue
        if field == ".confidence":
            assert isinstance(one.value, float)
        elif not field and comparison != "~":
            kind = {VariableType.NUMBER: float, VariableType.BOOLEAN: bool}.get(variable.type, str)
            assert type(one.value) is kind
        if comparison in ("<", "<=", ">", ">="):
            assert field == ".confidence" or variable.type in (VariableType.NUMBER, VariableType.DATE)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        (" ", None),
        ("injured", Sort(Subject.VARIABLE, INJURED)),
        ("-injured", Sort(Subject.VARIABLE, INJURED, descending=True)),
        ("- place.confidence", Sort(Subject.VARIABLE, PLACE, by_confidence=True, descending=True)),
        ("document", Sort(Subject.DOCUMENT)),
        ('-"document"', Sort(Subject.VARIABLE, DOCUMENT, descending=True)),
        ("-entity", Sort(Subject.ENTITY, descending=True)),
    ],
)
def test_what_sorts_mean(text: str, meant: Sort | None) -> None:
    assert read_sort(text, BOOK) == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hurt", "there is no variable 'hurt'"),
        ("any", "one variable, document or entity"),
        ("place.status", "place has no 'status' to sort by"),
        ("document.confidence", "document has no 'confidence' to sort by"),
        ("injured desc", "it must be a variable"),
        ("--injured", "there is no variable '-injured'"),
    ],
)
def test_what_is_said_of_sorts_that_make_no_sense(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_sort(text, BOOK)
    assert says in raised.value.message and list(raised.value.fields) == ["sort"]


def test_variables_by_their_names() -> None:
    assert named([], BOOK) == list(BOOK.variables)
    assert named(["injured", "event_date"], BOOK) == [DATE, INJURED]
    with pytest.raises(InvalidInput, match="there is no variable 'hurt'; there are event_date"):
        named(["injured", "hurt"], BOOK)
