"""The wide table: which columns a dataset has, and what stands in its rows."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.export.domain.coded import Document, Span
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Options
from tests.unit.export.datasets import ALL, dataset, document, extraction, names, quoted, variable

VARIABLE_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True) | st.sampled_from(
    ["document", "flagged", "entity", "entity_index", "x", "x_1", "x_2", "x_1_", "x_low", "x_quote", "x_1_low"]
)


def test_a_document_is_a_row_with_a_column_per_variable_in_their_order() -> None:
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")],
        [document("b.txt", {"place": "Ostermund", "injured": 0}), document("a.txt", {"place": None, "injured": 7})],
    )
    assert names(made) == ["document", "document_id", "flagged", "place", "injured"]
    assert list(made.rows()) == [
        ["b.txt", "id of b.txt", None, "Ostermund", 0],
        ["a.txt", "id of a.txt", None, None, 7],
    ]


def test_an_entity_is_a_row_when_documents_give_several() -> None:
    ships = Document(
        "1",
        "week.txt",
        places={1: Span(4, 12, 2)},
        extractions=[
            extraction("cause", "fire", entity_index=1, entity="MV Aster"),
            extraction("cause", None, entity_index=2, entity="Tern"),
        ],
    )
    made = dataset([variable("cause")], [ships], multiple=True)
    assert names(made)[:4] == ["document", "document_id", "entity_index", "entity"]
    assert names(made)[4:] == ["entity_page", "entity_start", "entity_end", "flagged", "cause"]
    assert list(made.rows()) == [
        ["week.txt", "1", 1, "MV Aster", 2, 4, 12, None, "fire"],
        ["week.txt", "1", 2, "Tern", None, None, None, None, None],
    ]


def test_several_values_become_numbered_columns_as_many_as_any_unit_has() -> None:
    made = dataset(
        [variable("demand", if_multiple_values="ALL"), variable("place")],
        [
            document("a", {"demand": ["pay"], "place": "X"}),
            document("b", {"demand": ["pay", "safety", "hours"], "place": "Y"}),
            document("c", {"demand": None, "place": None}),
        ],
    )
    assert names(made)[3:] == ["demand_1", "demand_2", "demand_3", "place"]
    assert [row[3:] for row in made.rows()] == [
        ["pay", None, None, "X"],
        ["pay", "safety", "hours", "Y"],
        [None, None, None, None],
    ]


def test_a_variable_that_keeps_several_is_numbered_even_if_no_unit_has_more_than_one() -> None:
    made = dataset([variable("demand", if_multiple_values="ALL")], [document("a", {"demand": None})])
    assert names(made)[3:] == ["demand_1"]


def rows_of(made: Dataset) -> list[dict[str, Any]]:
    return [dict(zip(names(made), row, strict=True)) for row in made.rows()]


def test_the_options_put_their_columns_beside_each_variables_values() -> None:
    stated = extraction(
        "place",
        "Kessling",
        confidence=0.8,
        evidence=quoted("in Kessling", (5, 16, 2)),
        prompt_version=3,
        status="FLAGGED",
        flags=("LOW_CONFIDENCE", "AMBIGUOUS"),
        model="openai:small",
        verdict="CORRECT",
        reviewed_by="person",
        weight=2.5,
    )
    missing = extraction("injured", None, prompt_version=2, confidence=0.4, missing_reason="BELOW_THRESHOLD")
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")], [Document("1", "a", extractions=[stated, missing])], ALL
    )
    assert rows_of(made) == [
        {
            "document": "a",
            "document_id": "1",
            "flagged": "place (LOW_CONFIDENCE, AMBIGUOUS)",
            "place": "Kessling",
            "place_confidence": 0.8,
            "place_quote": "in Kessling",
            "place_page": 2,
            "place_prompt_version": 3,
            "place_missing": None,
            "place_status": "FLAGGED",
            "place_flags": "LOW_CONFIDENCE, AMBIGUOUS",
            "place_support": "STATED",
            "place_origin": "EXTRACTED",
            "place_model": "openai:small",
            "place_verdict": "CORRECT",
            "place_reviewer": "person",
            "place_weight": 2.5,
            "injured": None,
            "injured_low": None,
            "injured_high": None,
            "injured_confidence": None,
            "injured_quote": None,
            "injured_page": None,
            "injured_prompt_version": 2,
            "injured_missing": "BELOW_THRESHOLD",
            "injured_status": "EXTRACTED",
            "injured_flags": None,
            "injured_support": None,
            "injured_origin": None,
            "injured_model": None,
            "injured_verdict": None,
            "injured_reviewer": None,
            "injured_weight": None,
        }
    ]


def test_what_was_flagged_says_so_without_being_asked() -> None:
    doubtful = extraction("injured", 7, status="FLAGGED", flags=("UNCHECKED",))
    silent = extraction("place", None, status="FLAGGED", flags=("REQUIRED_MISSING",))
    confirmed = extraction("injured", 7, status="VALIDATED", flags=("UNCHECKED",))
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")],
        [Document("1", "a", extractions=[silent, doubtful]), Document("2", "b", extractions=[confirmed])],
    )
    assert [row["flagged"] for row in rows_of(made)] == ["injured (UNCHECKED)", None]


def test_what_people_say_of_a_missing_value_wants_a_look_too() -> None:
    rejected = extraction("place", None, status="FLAGGED", flags=("REQUIRED_MISSING", "REJECTED"))
    disputed = extraction("injured", 7, status="FLAGGED", flags=("DISPUTED",))
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")], [Document("1", "a", extractions=[rejected, disputed])]
    )
    (row,) = rows_of(made)
    assert row["flagged"] == "place (REJECTED), injured (DISPUTED)"


def test_a_persons_answer_has_its_origin_and_no_confidence() -> None:
    person = {"origin": "CORRECTED", "status": "VALIDATED"}
    none = extraction("place", None, missing_reason="NOT_APPLICABLE", **person)
    seven = extraction("injured", 7, confidence=0.3, **person)
    options = Options(confidence=True, origin=True, status=True)
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")], [Document("1", "a", extractions=[none, seven])], options
    )
    (row,) = rows_of(made)
    assert (row["place"], row["place_origin"], row["place_status"]) == (None, "CORRECTED", "VALIDATED")
    assert (row["injured"], row["injured_origin"], row["injured_confidence"]) == (7, "CORRECTED", None)


def test_a_quote_that_the_document_does_not_have_is_never_printed() -> None:
    kept = extraction(
        "place",
        "Kessling",
        evidence=quoted("made up", match="NONE"),
        support="UNGROUNDED",
        status="FLAGGED",
        flags=("UNGROUNDED",),
    )
    (row,) = rows_of(dataset([variable("place")], [Document("1", "a", extractions=[kept])], ALL))
    assert (row["place"], row["place_quote"], row["place_page"]) == ("Kessling", None, None)
    assert (row["place_support"], row["flagged"]) == ("UNGROUNDED", "place (UNGROUNDED)")


def test_a_default_fills_its_column_and_says_why_the_value_is_missing() -> None:
    default = extraction(
        "injured",
        0,
        origin="DEFAULTED",
        support="",
        confidence=0.0,
        missing_reason="NOT_STATED",
        status="FLAGGED",
        flags=("DEFAULT_USED",),
    )
    (row,) = rows_of(dataset([variable("injured", "NUMBER")], [Document("1", "a", extractions=[default])], ALL))
    assert (row["injured"], row["injured_missing"], row["injured_origin"]) == (0, "NOT_STATED", "DEFAULTED")
    assert (row["injured_confidence"], row["flagged"]) == (None, "injured (DEFAULT_USED)")


def test_a_failed_document_is_a_row_that_says_why_it_is_empty() -> None:
    unreadable = [extraction("place", None, missing_reason="UNREADABLE")]
    made = dataset(
        [variable("place")],
        [
            document("scan.pdf", status="FAILED", error="no text", extractions=unreadable),
            document("odd.txt", status="FAILED", error="the model failed"),
            document("later.txt", status="PENDING"),
        ],
        ALL,
    )
    reasons = [row[names(made).index("place_missing")] for row in made.rows()]
    assert reasons == ["UNREADABLE", "MODEL_FAILED", "NOT_PROCESSED"]
    assert [(d.name, d.reason, d.error) for d in made.survey.empty_documents] == [
        ("scan.pdf", "UNREADABLE", "no text"),
        ("odd.txt", "MODEL_FAILED", "the model failed"),
        ("later.txt", "NOT_PROCESSED", ""),
    ]


def test_a_coded_document_without_entities_is_no_row_but_is_told() -> None:
    made = dataset([variable("cause")], [document("quiet.txt"), document("bad.txt", status="FAILED")], multiple=True)
    assert [row[:4] for row in made.rows()] == [["bad.txt", "id of bad.txt", None, None]]
    assert [(d.name, d.reason) for d in made.survey.empty_documents] == [
        ("quiet.txt", "NO_ENTITIES"),
        ("bad.txt", "MODEL_FAILED"),
    ]
    assert (made.survey.rows, len(made.survey.documents)) == (1, 2)


@given(
    found=st.dictionaries(VARIABLE_NAMES, st.none() | st.text(max_size=3) | st.lists(st.integers(), max_size=4)),
    multiple=st.booleans(),
)
def test_whatever_the_variables_are_called_columns_differ_and_every_row_fits_them(
    found: dict[str, str | list[int] | None], multiple: bool
) -> None:
    values = [extraction(name, value, entity_index=int(multiple)) for name, value in found.items()]  # type: ignore[arg-type]
    made = dataset([variable(name) for name in found], [Document("1", "a", extractions=values)], ALL, multiple=multiple)
    columns = names(made)
    assert len(set(columns)) == len(columns)
    assert all(len(row) == len(columns) for row in made.rows())
    singles = [name for name, value in found.items() if not isinstance(value, list)]
    assert set(singles) <= set(columns)
