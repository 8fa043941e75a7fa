"""A document that the dataset knows: its units stay, some variables are asked alone, and people's values count."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from coderai.codebook.reply import Answer
from coderai.codebook.variable import Condition
from coderai.engines.calls import Call, CallKind, Entity, Reply
from coderai.kit.model_replies import Usage
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import MissingReason
from coderai.services.extractor.domain.dataset.units import Unit, UnitState, first_id
from coderai.services.extractor.usecases.code_document import code_document
from coderai.services.extractor.usecases.ports import NOTHING_KNOWN, Known
from tests.support.codebooks import codebook, variable

TEXT = "Dockers marched in Portavel: 12 were hurt. Nurses struck in Kessling: none were hurt."
DOCUMENT = Document("1", "report", TEXT, language="en")
ID = UUID(int=1)
A, B = variable("a"), variable("b", depends_on=(Condition("a"),))
C, D = variable("c", depends_on=(Condition("b"),)), variable("d")
PER_DOCUMENT, PER_EVENT = codebook(A, B, C, D), codebook(A, B, C, D, multiple=True)
HURT = "12 were hurt"


class Model:
    """Names the events as it is told to, and answers each variable with a quote."""

    def __init__(self, *names: str, silent: Collection[str] = ()) -> None:
        self.names = names or ("dockers' march", "nurses' strike")
        self.silent = silent
        self.calls: list[Call] = []

    async def ask(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.kind is CallKind.IDENTIFY:
            quotes = ("Dockers marched in Portavel", "Nurses struck in Kessling")
            return Reply(entities=tuple(map(Entity, self.names, quotes)), usage=Usage(1))
        answer = (Answer(HURT, HURT, 0.9),)
        return Reply({v.name: () if v.name in self.silent else answer for v in call.variables}, usage=Usage(1))

    @property
    def asked(self) -> list[tuple[str, list[str]]]:
        """Of which entity which variables were asked, call by call."""
        asking = [call for call in self.calls if call.kind is CallKind.EXTRACT]
        return [(call.entity.text if call.entity else "", [v.name for v in call.variables]) for call in asking]


def reasons(coded: Coded) -> dict[str, Any]:
    return {one.variable.name: one.missing_reason for one in coded.extractions}


async def code(
    model: Model, known: Known = NOTHING_KNOWN, only: Collection[str] | None = None, multiple: bool = True
) -> Coded:
    return await code_document(model, PER_EVENT if multiple else PER_DOCUMENT, DOCUMENT, known, only, ID)


async def test_every_extraction_is_of_a_unit_and_another_wording_is_of_the_same() -> None:
    first = await code(Model())
    assert [(unit.number, unit.text, unit.document_id) for unit in first.units] == [
        (1, "dockers' march", ID),
        (2, "nurses' strike", ID),
    ]
    assert [one.unit_id for one in first.extractions] == [unit.id for unit in first.units for _ in range(4)]
    again = await code(Model("protest of the dockers", "walk-out"), Known(first.units))
    assert [unit.id for unit in again.units] == [unit.id for unit in first.units]
    assert [one.entity_text for one in again.extractions[::4]] == ["protest of the dockers", "walk-out"]
    assert first.identified and again.identified


async def test_some_variables_are_asked_alone_of_the_units_that_there_are() -> None:
    march, strike = (await code(Model())).units
    known = Known((march, replace(strike, number=3)), {march.id: {"a": "yes"}, strike.id: {"a": None}})
    model = Model("others", "altogether")
    coded = await code(model, known, ("b", "c"))
    assert model.asked == [(march.text, ["b"]), (march.text, ["c"])]
    assert {call.kind for call in model.calls} == {CallKind.EXTRACT}
    assert not coded.identified and coded.units == known.units
    assert [(e.variable.name, e.entity_index, e.unit_id, e.missing_reason) for e in coded.extractions] == [
        ("b", 1, march.id, None),
        ("c", 1, march.id, None),
        ("b", 3, strike.id, MissingReason.NOT_APPLICABLE),
        ("c", 3, strike.id, MissingReason.NOT_APPLICABLE),
    ]
    assert coded.receipt.variables_asked == 2 and coded.receipt.entities_found == 2


async def test_a_document_without_units_is_identified_for_some_variables_too() -> None:
    model, failed_once = Model(), Unit(first_id(ID, 0), ID)
    coded = await code(model, Known((failed_once,)), ("d",))
    assert model.calls[0].kind is CallKind.IDENTIFY and coded.identified
    assert model.asked == [("dockers' march", ["d"]), ("nurses' strike", ["d"])]
    removed = Known(tuple(replace(unit, state=UnitState.REMOVED) for unit in coded.units))
    model = Model()
    none = await code(model, removed, ("d",))
    assert (model.calls, none.extractions, none.units, none.identified) == ([], (), (), False)


async def test_what_people_say_decides_what_applies_and_the_model_is_asked_all_the_same() -> None:
    [unit] = (await code(Model(), multiple=False)).units
    silent = Model(silent=("a",))
    coded = await code(silent, Known((unit,), {unit.id: {"a": "yes"}}), multiple=False)
    assert [names for _, names in silent.asked] == [["a", "d"], ["b"], ["c"]]
    assert reasons(coded) == {"a": MissingReason.NOT_STATED, "b": None, "c": None, "d": None}
    model = Model()
    coded = await code(model, Known((unit,), {unit.id: {"a": None}}), multiple=False)
    assert [names for _, names in model.asked] == [["a", "d"]]
    assert reasons(coded)["b"] is reasons(coded)["c"] is MissingReason.NOT_APPLICABLE


async def test_a_document_that_is_one_row_keeps_its_unit() -> None:
    first = await code(Model(), multiple=False)
    assert [(unit.id, unit.number) for unit in first.units] == [(first_id(ID, 0), 0)] and first.identified
    known = Known((replace(first.units[0], id=UUID(int=7)),), {UUID(int=7): {"a": "x", "b": "x", "d": "x"}})
    again = await code(model := Model(), known, ("c",), multiple=False)
    assert ([e.unit_id for e in again.extractions], again.identified) == ([UUID(int=7)], False)
    assert model.asked == [("", ["c"])]
    assert (await code(Model(), NOTHING_KNOWN, ("c",), multiple=False)).identified


async def test_beside_the_dataset_there_are_no_units_but_those_that_it_had() -> None:
    coded = await code(Model(), NOTHING_KNOWN, ("d",))
    beside = coded.beside_the_dataset()
    assert beside.units == () and {one.unit_id for one in beside.extractions} == {None}
    beside = (await code(Model(), Known(coded.units), ("d",))).beside_the_dataset()
    assert beside.units == () and [one.unit_id for one in beside.extractions] == [unit.id for unit in coded.units]
