"""Messages and plain Python say the same."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.kit.wire import from_plain, from_value, to_plain, to_value
from coderai.projects.v1 import codebook_pb2 as codebook

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_any_json_value_comes_back_as_it_was(value: object) -> None:
    assert from_value(to_value(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_whole_numbers_come_back_as_integers(number: float) -> None:
    back = from_value(to_value(number))
    assert isinstance(back, int) == (number.is_integer() and abs(number) < 2**53)
    assert math.isclose(back, number)


@given(
    st.fixed_dictionaries(
        {
            "name": st.text(),
            "type": st.sampled_from(["", "TEXT", "NUMBER", "BOOLEAN"]),
            "categories": st.lists(st.fixed_dictionaries({"value": st.text(), "description": st.text()}), max_size=3),
            "max_values": st.integers(0, 20),
            "required": st.booleans(),
        },
        optional={
            "default_value": json_values,
            "validation_rules": st.fixed_dictionaries(
                {"pattern": st.text(), "allowed_values": st.lists(json_values, max_size=3)},
                optional={"min": json_values.filter(lambda value: value is not None)},
            ),
        },
    )
)
def test_a_message_keeps_what_it_was_made_from(plain: dict[str, object]) -> None:
    back = to_plain(from_plain(codebook.Variable, plain))
    assert {name: back[name] for name in plain if plain[name] is not None} == {
        name: value for name, value in plain.items() if value is not None
    }


def test_enums_ids_times_and_maps_have_one_form() -> None:
    job_id = UUID(int=7)
    job = from_plain(
        extractor.Job,
        {"id": job_id, "status": "PAUSED", "created_at": datetime(2024, 5, 3, 12, tzinfo=UTC), "eta_seconds": None},
    )
    plain = to_plain(job)
    assert (plain["id"], plain["status"], plain["created_at"]) == (str(job_id), "PAUSED", "2024-05-03T12:00:00.000Z")
    assert plain["kind"] == "" and "eta_seconds" not in plain
    receipt = from_plain(extractor.Receipt, {"unanswered": {"a": "NOT_STATED"}})
    assert to_plain(receipt)["unanswered"] == {"a": "NOT_STATED"}


def test_with_nulls_every_field_is_there() -> None:
    job = from_plain(extractor.Job, {"status": "PAUSED", "id": "j"})

    plain = to_plain(job, nulls=True)

    assert list(plain) == [field.name for field in extractor.Job.DESCRIPTOR.fields]
    assert (plain["id"], plain["status"], plain["kind"]) == ("j", "PAUSED", None)
    assert plain["eta_seconds"] is None and plain["created_at"] is None


def test_what_is_read_of_a_message_is_the_readers_own() -> None:
    for nulls in (False, True):
        to_plain(codebook.Variable(), nulls=nulls)["categories"].append("x")
        to_plain(extractor.Receipt(), nulls=nulls)["unanswered"]["x"] = "y"
        assert to_plain(codebook.Variable(), nulls=nulls)["categories"] == []
        assert to_plain(extractor.Receipt(), nulls=nulls)["unanswered"] == {}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(KeyError):
        from_plain(extractor.Job, {"no_such_field": 1})
    with pytest.raises(KeyError):
        from_plain(extractor.Job, {"status": "NO_SUCH_STATUS"})
    with pytest.raises(TypeError):
        from_plain(extractor.Job, {"id": 5})
