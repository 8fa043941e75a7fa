"""Reads what people said of a bundle's cells, and the samples that were drawn of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import msgspec

from coderai.client.verify.bundle import Bundle
from coderai.client.verify.findings import Findings
from coderai.client.verify.json_files import json_lines
from coderai.codebook.cells import MissingReason
from coderai.measuring.design import DrawnStratum
from coderai.measuring.feedback import Answer, Feedback, Verdict
from coderai.measuring.judging import Drawn

CORRECTIONS, SAMPLES = "provenance/corrections.jsonl", "provenance/samples.jsonl"

Key = tuple[str, str]
"""A cell by its unit's id and the name of its variable."""


class FeedbackLine(msgspec.Struct, frozen=True):
    """What one person said of one cell."""

    id: str
    document_id: str
    variable: str
    author: str
    verdict: str
    created_at: str
    unit_id: str = ""
    entity_index: int = 0
    has_correction: bool = False
    corrected_value: Any = None
    missing_reason: str | None = None
    model_value: Any = None
    model_missing_reason: str | None = None
    is_final: bool = False
    sample_id: str | None = None
    undone_at: str | None = None


class StratumLine(msgspec.Struct, frozen=True):
    """A group of cells of one variable in a sample, as it was at the draw."""

    name: str
    variable: str
    population: int
    drawn: int
    inclusion_probability: float = 0.0
    has_value: bool | None = None


class SampledLine(msgspec.Struct, frozen=True):
    """A sample (kind SAMPLE), or a cell that was drawn in one (kind CELL)."""

    kind: str
    id: str = ""
    strata: tuple[StratumLine, ...] = ()
    sample_id: str = ""
    document_id: str = ""
    unit_id: str | None = None
    entity_index: int | None = 0
    variable: str = ""
    stratum: str | None = None
    is_there: bool | None = False
    model_value: Any = None
    model_missing_reason: str | None = None
    model_confidence: float | None = 0.0
    is_judged: bool | None = False
    is_right: bool | None = None


@dataclass(slots=True)
class People:
    """What the two files say, as estimates are made from it."""

    said: dict[Key, list[Feedback]] = field(default_factory=dict)
    """What was said of each cell and not taken back, in the order of time."""
    said_at: dict[tuple[str, int, str], list[Feedback]] = field(default_factory=dict)
    """The same by the document's id, the entity's number and the variable."""
    samples: dict[str, Sequence[StratumLine]] = field(default_factory=dict)
    """Strata by the sample's id, the oldest first."""
    drawn: list[tuple[int, SampledLine]] = field(default_factory=list)
    """The cells that were drawn, each with its line."""
    documents: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The documents that are named, each with the file and line that first does."""
    authors: set[str] = field(default_factory=set)
    given: int = 0
    undone: int = 0

    def drawn_of(self, variable: str) -> list[Drawn]:
        """The drawn cells of a variable that are in the dataset still."""
        return [
            Drawn(
                cast(Any, one.sample_id),
                one.stratum or "",
                cast(Any, one.variable),
                answer(one.model_value, one.model_missing_reason),
                one.model_confidence or 0.0,
                self.said.get((one.unit_id or "", one.variable), ()),
            )
            for _, one in self.drawn
            if one.is_there and one.variable == variable
        ]

    def strata_of(self, variable: str) -> Mapping[Any, Sequence[DrawnStratum]]:
        """By sample, the strata of a variable."""
        return {
            sample: [
                DrawnStratum(s.name, cast(Any, s.variable), s.population, s.drawn, s.inclusion_probability, s.has_value)
                for s in strata
                if s.variable == variable
            ]
            for sample, strata in self.samples.items()
        }

    def of_several(self, variable: str) -> list[Sequence[Feedback]]:
        """What was said of each cell of the variable of which two people or more have said something."""
        cells = [said for (_, name), said in self.said.items() if name == variable]
        return [said for said in cells if len({one.author for one in said}) > 1]


def read_people(bundle: Bundle, findings: Findings) -> People:
    """What people said, and the samples; lines that make no sense are told."""
    people = People()
    for line, said in json_lines(bundle, CORRECTIONS, FeedbackLine, findings):
        people.given += 1
        people.authors.add(said.author)
        people.documents.setdefault(said.document_id, (CORRECTIONS, line))
        if said.undone_at:
            people.undone += 1
            continue
        try:
            feedback = _feedback(said)
        except ValueError as error:
            findings.differs(CORRECTIONS, f"this is nothing that a person can say: {error}", line=line)
            continue
        people.said.setdefault((said.unit_id, said.variable), []).append(feedback)
        place = (said.document_id, said.entity_index, said.variable)
        people.said_at.setdefault(place, []).append(feedback)
    for line, one in json_lines(bundle, SAMPLES, SampledLine, findings):
        if one.kind == "SAMPLE":
            people.samples[one.id] = one.strata
        elif one.sample_id not in people.samples:
            findings.differs(SAMPLES, "the cell is of no sample before it", line=line, what=one.sample_id)
        else:
            people.drawn.append((line, one))
            people.documents.setdefault(one.document_id, (SAMPLES, line))
    return people


def answer(value: Any, reason: str | None) -> Answer:
    """What a cell says. Raises ValueError: there is no such reason."""
    return Answer(value, MissingReason(reason) if reason else None)


def _feedback(line: FeedbackLine) -> Feedback:
    return Feedback(
        id=cast(Any, line.id),
        document_id=cast(Any, line.document_id),
        unit_id=cast(Any, line.unit_id),
        variable_id=cast(Any, line.variable),
        author=cast(Any, line.author),
        verdict=Verdict(line.verdict),
        judged=answer(line.model_value, line.model_missing_reason),
        created_at=datetime.fromisoformat(line.created_at),
        correction=answer(line.corrected_value, line.missing_reason) if line.has_correction else None,
        is_final=line.is_final,
        sample_id=cast(Any, line.sample_id or None),
    )
