"""A dataset with a bit of everything, drawn at random, beside what it is in plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.codebook.fingerprints import asked
from coderai.codebook.ranges import make_range
from coderai.codebook.variable import Category, IfMultipleValues, Variable, VariableType
from coderai.kit.ids import new_id
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Status
from coderai.services.extractor.domain.dataset.cell import Outdated
from tests.support.dataset_rows import MODEL, Project, label, number, variable

ALL = {"if_multiple_values": IfMultipleValues.ALL}
VARIABLES = (
    variable("event_date", VariableType.DATE),
    variable("place"),
    variable("form", VariableType.CATEGORY, categories=tuple(map(Category, ("march", "strike", "vigil")))),
    variable("injured", VariableType.NUMBER),
    variable("police_force", VariableType.BOOLEAN),
    variable("demands", **ALL),
    variable("amounts", VariableType.NUMBER, **ALL),
    variable("days", VariableType.DATE, **ALL),
)
"""The last three may have several values."""
CODEBOOK = Codebook("", VARIABLES, model=MODEL)
_DATES = ("2019", "2020", "2020-02", "2020-02-29", "2021-03", "2021-03-05", "2021-12-31")
_PLACES = ("Aldermoor", "ALDERMOOR bridge", "القاهرة", "ساحة التحرير", "Straße 5%", "O'Hara_'s \\ yard", 'a "Red" inn')
_NUMBERS = (0, 1, 7, 12.5, 100, 450, -3, 1250)
_NAMES = ("police-report.txt", "Rally.TXT", "تقرير.txt", "a=b.txt")
_ENTITIES = ("MV Corvina", "mv corvina II", "Santa Ludmila", "السفينة")


@dataclass(frozen=True)
class Row:
    """A row of the dataset, with its cells as rows of their table, by the variable's name."""

    unit_id: UUID
    document_id: UUID
    document_name: str
    entity_index: int
    entity_text: str
    cells: Mapping[str, Mapping[str, Any]]


async def fill(project: Project, random: Random, documents: int = 12) -> list[Row]:
    """Fills a project whose codebook is CODEBOOK; its rows in upload order."""
    rows, others = list[Row](), list[Row]()
    named, unit_rows = list[Any](), list[Any]()
    for _ in range(documents):
        document_id, name = new_id(), random.choice(_NAMES)
        named.append(project.document_row(document_id, name))
        for index in range(1, random.randint(1, 4)):
            state = random.choice(["PRESENT"] * 8 + ["REMOVED", "LOST"])
            unit_id, entity = new_id(), random.choice(_ENTITIES)
            unit_rows.append(project.unit_row(unit_id, document_id, index, entity, state=state))
            made = {v.name: _cell(project, random, unit_id, document_id, v) for v in VARIABLES if random.random() < 0.9}
            (rows if state == "PRESENT" else others).append(Row(unit_id, document_id, name, index, entity, made))
    gone = variable("gone")
    await project.add(coded_documents, named)
    await project.add(units, unit_rows)
    await project.add(cells, [cell for row in (*rows, *others) for cell in row.cells.values()])
    await project.add(cells, [project.cell_row(row.unit_id, row.document_id, gone, "x") for row in rows])
    return rows


def _cell(project: Project, random: Random, unit_id: UUID, document_id: UUID, of: Variable) -> Mapping[str, Any]:
    value = _value(random, of) if random.random() < 0.7 else None
    reasons: Sequence[str] = [""] if value is not None else list(MissingReason)
    return project.cell_row(unit_id, document_id, of, value) | {
        "label": label(value),
        "number": number(value, of.type),
        "confidence": 0.0 if value is None else round(random.random(), 2),
        "status": random.choice(list(Status)),
        "flags": random.sample(list(Flag), random.choice([0, 0, 1, 3])),
        "missing_reason": random.choice(reasons),
        "support": random.choice(["", "STATED", "UNCHECKED"]),
        "origin": random.choice(["EXTRACTED", "DEFAULTED", "CORRECTED"]),
        "verdict": random.choice(["", "", *Verdict]),
        "asked": random.choice([asked(of, CODEBOOK.unit)] * 3 + ["", "0123456789abcdef"]),
        "outdated": random.choice([""] * 6 + [*Outdated]),
        "extraction_id": random.choice([None, *(new_id() for _ in range(5))]),
    }


def _value(random: Random, of: Variable) -> Any:
    kind: Mapping[VariableType, Any] = {
        VariableType.TEXT: lambda: random.choice(_PLACES),
        VariableType.CATEGORY: lambda: random.choice(["march", "strike", "vigil"]),
        VariableType.BOOLEAN: lambda: random.choice([True, False]),
        VariableType.NUMBER: lambda: _ends(random, sorted(random.sample(_NUMBERS, 2)), _NUMBERS),
        VariableType.DATE: lambda: _ends(random, ["2020-02-29", "2021-03-05"], _DATES),
    }
    several = of.if_multiple_values is IfMultipleValues.ALL and random.random() < 0.7
    return [kind[of.type]() for _ in range(random.randint(1, 3))] if several else kind[of.type]()


def _ends(random: Random, ends: Sequence[Any], single: Sequence[Any]) -> Any:
    low, high = random.choice([(None, ends[1]), (ends[0], None), tuple(ends)])
    return make_range(low, high) if random.random() < 0.3 else random.choice(single)
