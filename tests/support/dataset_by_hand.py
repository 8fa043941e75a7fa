"""What filters of the dataset's rows mean, in plain Python: a look at each row of a random dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coderai.codebook.fingerprints import asked
from coderai.codebook.ranges import ends
from tests.support.random_dataset import CODEBOOK, VARIABLES, Row

BY_NAME = {variable.name: variable for variable in VARIABLES}
Holds = Callable[[Row], bool]


def values(row: Row, name: str) -> list[Any]:
    """The values of a cell, of two ends the lower, or the only one."""
    value = row.cells.get(name, {}).get("value")
    every = [] if value is None else value if isinstance(value, list) else [value]
    return [next(end for end in ends(one) if end is not None) if not isinstance(one, bool) else one for one in every]


def any_value(name: str, satisfies: Callable[[Any], bool]) -> Holds:
    return lambda row: any(satisfies(value) for value in values(row, name))


def no_value(name: str, satisfies: Callable[[Any], bool]) -> Holds:
    return lambda row: bool(values(row, name)) and not any(satisfies(value) for value in values(row, name))


def stale(row: Row, name: str) -> str:
    """The reason why a cell is stale, as docs/guides/dataset.md has it."""
    cell = row.cells.get(name)
    if cell is None:
        return "NEVER_ASKED"
    if cell["missing_reason"] == "NOT_APPLICABLE":
        return str(cell["outdated"])
    if cell["extraction_id"] is None:
        return "NEVER_ASKED"
    if cell["outdated"]:
        return str(cell["outdated"])
    return "" if cell["asked"] in ("", asked(BY_NAME[name], CODEBOOK.unit)) else "ASKED_OTHERWISE"


def cell(name: str, column: str, satisfies: Callable[[Any], bool], empty: Any = "") -> Holds:
    return lambda row: satisfies(row.cells[name][column] if name in row.cells else empty)


def any_cell(column: str, satisfies: Callable[[Any], bool], empty: Any = "") -> Holds:
    return lambda row: any(cell(name, column, satisfies, empty)(row) for name in BY_NAME)


def sure(name: str, satisfies: Callable[[float], bool]) -> Holds:
    return lambda row: bool(values(row, name)) and satisfies(row.cells[name]["confidence"])


FILTERS: Mapping[str, Holds] = {
    "injured>=7": any_value("injured", lambda v: v >= 7),
    "injured<7": any_value("injured", lambda v: v < 7),
    "injured=12.5": any_value("injured", lambda v: v == 12.5),
    "injured!=12.5": no_value("injured", lambda v: v == 12.5),
    "amounts>100": any_value("amounts", lambda v: v > 100),
    "amounts<=1": any_value("amounts", lambda v: v <= 1),
    "amounts=7": any_value("amounts", lambda v: v == 7),
    "amounts!=7": no_value("amounts", lambda v: v == 7),
    "event_date=2020": any_value("event_date", lambda v: v[:4] == "2020"),
    "event_date=2021-03": any_value("event_date", lambda v: v in ("2021-03", "2021-03-05")),
    "event_date>=2020-02-29": any_value("event_date", lambda v: v[:10] >= "2020-02-29" or v in ("2020", "2020-02")),
    "event_date>2020-02": any_value("event_date", lambda v: v[:7] > "2020-02"),
    "event_date<2021-03": any_value("event_date", lambda v: v < "2021"),
    "event_date<=2021": any_value("event_date", lambda v: True),
    "event_date!=2020": no_value("event_date", lambda v: v[:4] == "2020"),
    "days=2021-03-05": any_value("days", lambda v: v in ("2021-03-05", "2021-03")),
    "days>2020-02-29": any_value("days", lambda v: v > "2021"),
    "days!=2021-03-05": no_value("days", lambda v: v in ("2021-03-05", "2021-03")),
    "place=Aldermoor": any_value("place", lambda v: v == "Aldermoor"),
    "place!=Aldermoor": no_value("place", lambda v: v == "Aldermoor"),
    "place~aldermoor": any_value("place", lambda v: "aldermoor" in v.lower()),
    "place~التحرير": any_value("place", lambda v: "التحرير" in v),
    "place=القاهرة": any_value("place", lambda v: v == "القاهرة"),
    "place~STRASSE": any_value("place", lambda v: False),
    "place~5%": any_value("place", lambda v: "5%" in v),
    "place~_'s \\": any_value("place", lambda v: "_'s \\" in v),
    'place~"""red"""': any_value("place", lambda v: '"Red"' in v),
    "demands=Aldermoor": any_value("demands", lambda v: v == "Aldermoor"),
    "demands!=القاهرة": no_value("demands", lambda v: v == "القاهرة"),
    "demands~ALDER": any_value("demands", lambda v: "alder" in v.lower()),
    'demands~"""red"""': any_value("demands", lambda v: '"Red"' in v),
    'demands~""","': any_value("demands", lambda v: '",' in v),
    "form=March": any_value("form", lambda v: v == "march"),
    "form!=march": no_value("form", lambda v: v == "march"),
    "form~I": any_value("form", lambda v: "i" in v),
    "police_force=true": any_value("police_force", lambda v: v is True),
    "police_force!=true": no_value("police_force", lambda v: v is True),
    "place.confidence<0.5": sure("place", lambda c: c < 0.5),
    "place.confidence>=0.5": sure("place", lambda c: c >= 0.5),
    "place.status=FLAGGED": cell("place", "status", lambda v: v == "FLAGGED"),
    "place.status!=FLAGGED": cell("place", "status", lambda v: v != "FLAGGED"),
    "place.flag=AMBIGUOUS": cell("place", "flags", lambda v: "AMBIGUOUS" in v, []),
    "place.flag!=AMBIGUOUS": cell("place", "flags", lambda v: "AMBIGUOUS" not in v, []),
    "place.flag=NONE": cell("place", "flags", lambda v: not v, []),
    "place.flag!=NONE": cell("place", "flags", bool, []),
    "injured.missing=NOT_STATED": cell("injured", "missing_reason", lambda v: v == "NOT_STATED"),
    "injured.missing!=NONE": cell("injured", "missing_reason", lambda v: v != ""),
    "injured.verdict=CORRECT": cell("injured", "verdict", lambda v: v == "CORRECT"),
    "injured.verdict=NONE": cell("injured", "verdict", lambda v: v == ""),
    "injured.verdict!=CORRECT": cell("injured", "verdict", lambda v: v != "CORRECT"),
    "injured.support=STATED": cell("injured", "support", lambda v: v == "STATED"),
    "injured.origin=CORRECTED": cell("injured", "origin", lambda v: v == "CORRECTED"),
    "injured.stale=true": lambda row: stale(row, "injured") != "",
    "injured.stale=false": lambda row: stale(row, "injured") == "",
    "injured.stale!=true": lambda row: stale(row, "injured") == "",
    "injured.stale=NEVER_ASKED": lambda row: stale(row, "injured") == "NEVER_ASKED",
    "injured.stale=ASKED_OTHERWISE": lambda row: stale(row, "injured") == "ASKED_OTHERWISE",
    "injured.stale!=FAILED": lambda row: stale(row, "injured") != "FAILED",
    "any.status=FAILED": any_cell("status", lambda v: v == "FAILED"),
    "any.flag=DISPUTED": any_cell("flags", lambda v: "DISPUTED" in v, []),
    "any.missing=VAGUE": any_cell("missing_reason", lambda v: v == "VAGUE"),
    "any.verdict=INCORRECT": any_cell("verdict", lambda v: v == "INCORRECT"),
    "any.confidence<0.1": lambda row: any(sure(name, lambda c: c < 0.1)(row) for name in BY_NAME),
    "any.stale=REREAD": lambda row: any(stale(row, name) == "REREAD" for name in BY_NAME),
    "any.stale=NEVER_ASKED": lambda row: any(stale(row, name) == "NEVER_ASKED" for name in BY_NAME),
    "any.stale=false": lambda row: any(stale(row, name) == "" for name in BY_NAME),
    "document~REPORT": lambda row: "report" in row.document_name,
    "document=a=b.txt": lambda row: row.document_name == "a=b.txt",
    "document!=تقرير.txt": lambda row: row.document_name != "تقرير.txt",
    "entity~corvina": lambda row: "corvina" in row.entity_text.lower(),
    "entity=السفينة": lambda row: row.entity_text == "السفينة",
}
