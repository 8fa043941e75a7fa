"""The wide table: which columns a dataset has, and what stands in its rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.export.domain.coded import Document
from tests.unit.export.datasets import ALL, dataset, document, extraction, names, variable

VARIABLE_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True) | st.sampled_from(
    ["document", "document_id", "entity", "entity_index", "x", "x_1", "x_2", "x_1_"]
)


def test_a_document_is_a_row_with_a_column_per_variable_in_their_order() -> None:
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")],
        [document("b.txt", {"place": "Ostermund", "injured": 0}), document("a.txt", {"place": None, "injured": 7})],
    )
    assert names(made) == ["document", "document_id", "place", "injured"]
    assert list(made.rows()) == [["b.txt", "id of b.txt", "Ostermund", 0], ["a.txt", "id of a.txt", None, 7]]


def test_an_entity_is_a_row_when_documents_give_several() -> None:
    ships = Document(
        "1",
        "week.txt",
        extractions=[
            extraction("cause", "fire", entity_index=1, entity="MV Aster"),
            extraction("cause", None, entity_index=2, entity="Tern"),
        ],
    )
    made = dataset([variable("cause")], [ships], multiple=True)
    assert names(made) == ["document", "document_id", "entity_index", "entity", "cause"]
    assert list(made.rows()) == [["week.txt", "1", 1, "MV Aster", "fire"], ["week.txt", "1", 2, "Tern", None]]


def test_several_values_become_numbered_columns_as_many_as_any_unit_has() -> None:
    made = dataset(
        [variable("demand", if_multiple_values="ALL"), variable("place")],
        [
            document("a", {"demand": ["pay"], "place": "X"}),
            document("b", {"demand": ["pay", "safety", "hours"], "place": "Y"}),
            document("c", {"demand": None, "place": None}),
        ],
    )
    assert names(made)[2:] == ["demand_1", "demand_2", "demand_3", "place"]
    assert [row[2:] for row in made.rows()] == [
        ["pay", None, None, "X"],
        ["pay", "safety", "hours", "Y"],
        [None, None, None, None],
    ]


def test_a_variable_that_keeps_several_is_numbered_even_if_no_unit_has_more_than_one() -> None:
    made = dataset([variable("demand", if_multiple_values="ALL")], [document("a", {"demand": None})])
    assert names(made)[2:] == ["demand_1"]


def test_the_options_put_their_columns_beside_each_variables_values() -> None:
    stated = extraction("place", "Kessling", confidence=0.8, quote="in Kessling", prompt_version=3)
    missing = extraction("injured", None, prompt_version=2, confidence=0.4, missing_reason="BELOW_THRESHOLD")
    made = dataset(
        [variable("place"), variable("injured", "NUMBER")], [Document("1", "a", extractions=[stated, missing])], ALL
    )
    assert dict(zip(names(made), next(made.rows()), strict=True)) == {
        "document": "a",
        "document_id": "1",
        "place": "Kessling",
        "_confidence_place": 0.8,
        "_source_place": "in Kessling",
        "_prompt_version_place": 3,
        "_missing_place": None,
        "injured": None,
        "_confidence_injured": None,
        "_source_injured": None,
        "_prompt_version_injured": 2,
        "_missing_injured": "BELOW_THRESHOLD",
    }


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
    reasons = [row[names(made).index("_missing_place")] for row in made.rows()]
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
    assert (made.survey.rows, made.survey.total) == (1, 2)


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
