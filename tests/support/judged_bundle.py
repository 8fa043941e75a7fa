"""A bundle in which all fits together: texts, prompts, calls, receipts, judged cells, and the estimates of these."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from coderai.codebook.variable import Variable
from coderai.engines.prompting.kinds import Message
from coderai.engines.prompting.templates import fill
from coderai.kit.wire import to_plain
from coderai.measuring.design import DrawnStratum
from coderai.measuring.feedback import Answer, Feedback, Verdict
from coderai.measuring.judging import Drawn
from coderai.measuring.reporting import quality
from coderai.services.export.adapters.bundle_file import write_bundle
from coderai.services.export.adapters.quality_client import read_measured
from coderai.services.export.domain.coded import Document
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.measured import Report
from coderai.services.export.domain.provenance import (
    CodedDocument,
    DrawnCell,
    DrawnSample,
    Plain,
    Prompt,
    PromptCall,
)
from coderai.services.extractor.queries.quality import quality_message
from coderai.services.extractor.usecases.quality import Population, VariableQuality
from tests.unit.export.bundles import OF_BUNDLE, READ, HowValuesCameAbout
from tests.unit.export.datasets import dataset
from tests.unit.export.everything import TEXTS, VARIABLES, documents

ADA, BEN = "ada@example.org", "ben@example.org"
SAMPLE = UUID(int=1)
TERN, ASTER = UUID(int=2), UUID(int=3)
AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
STANDS_FOR = 25
"""Cells that the one judged cell of each variable stands for."""
JUDGED = {name: next(v for v in VARIABLES if v.name == name) for name in ("place", "violence", "police")}
_MESSAGES = (
    Message("system", "Rules."),
    Message("user", "<document-{code}>\n{document text}\n</document-{code}>\nWhat happened?"),
)


def _digest(plain: Any) -> str:
    return sha256(json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def _said(name: str, author: str, number: int) -> Feedback:
    """What somebody said of the tug's cell in the sample."""
    says = {"place": Answer("Kessling"), "violence": Answer("force"), "police": Answer(False)}[name]
    right = {"place": Answer(None, _reason("NOT_APPLICABLE")), "violence": Answer("none"), "police": None}[name]
    return Feedback(
        id=UUID(int=number),
        document_id=UUID(int=0),
        unit_id=TERN,
        variable_id=UUID(int=0),
        author=author,  # type: ignore[arg-type]
        verdict=Verdict.CORRECT if right is None else Verdict.INCORRECT,
        judged=says,
        created_at=AT.replace(minute=number),
        correction=right,
        sample_id=SAMPLE,
    )


def _reason(name: str) -> Any:
    from coderai.codebook.cells import MissingReason

    return MissingReason(name)


SAID = {name: [_said(name, BEN, 2 * n), _said(name, ADA, 2 * n + 1)] for n, name in enumerate(JUDGED, start=1)}
"""By variable: first Ben, then Ada, who agrees."""


def _strata(name: str) -> list[DrawnStratum]:
    return [DrawnStratum(name, UUID(int=0), STANDS_FOR, 2, 2 / STANDS_FOR, None)]


def _drawn(name: str) -> list[Drawn]:
    first = Drawn(SAMPLE, name, UUID(int=0), SAID[name][0].judged, 0.9, SAID[name])
    says = {"place": Answer("Kessling"), "violence": Answer("force"), "police": Answer(True)}[name]
    return [first, Drawn(SAMPLE, name, UUID(int=0), says, 0.9, ())]


def _report() -> Report:
    """As the extractor estimates it, and its message tells it."""
    found = {}
    for name, variable in JUDGED.items():
        known = quality(variable, {SAMPLE: _strata(name)}, _drawn(name), [SAID[name]])
        message = quality_message(VariableQuality(variable, Population(2, 0), known))
        found[name] = read_measured(to_plain(message))
    return Report(found, ("estimates rest on 3 cells judged in 1 stratified sample",))


class Consistent(HowValuesCameAbout):
    """How the values came about, with hashes that are right."""

    people = (BEN, ADA)

    def prompts(self) -> Iterator[Prompt]:
        messages = [[message.role, message.content] for message in _MESSAGES]
        asked = (("place",), {"type": "object"}, 0.1, 500, "", False)
        plain = tuple({"role": message.role, "content": message.content} for message in _MESSAGES)
        yield Prompt(_digest(["EXTRACT", messages, *asked]), "EXTRACT", plain, *asked)

    def documents(self) -> Iterator[CodedDocument]:
        (prompt,) = self.prompts()
        for number, (id, text) in enumerate(TEXTS.items(), start=1):
            filled = {"{code}": f"a{number}"}
            sent = [[message.role, message.content] for message in fill(_MESSAGES, filled, text)]
            call = PromptCall(
                prompt.id, 0, len(text), sha256(text.encode()).hexdigest(), filled, _digest(sent), 0, False
            )
            counts = {"calls": 1, "tokens_in": 100 * number, "tokens_out": 10, "chunks_sent": 1, "chunks_answered": 1}
            yield CodedDocument("job 1", id, f"{id}.txt", "DONE", "", {"pages_read": 1, **counts}, (), 0, (call,), "")

    def feedback(self) -> Iterator[Plain]:
        for name, said in SAID.items():
            for one in said:
                yield {
                    "id": str(one.id),
                    "document_id": "doc-1",
                    "unit_id": str(TERN),
                    "entity_index": 2,
                    "variable": name,
                    "author": one.author,
                    "verdict": one.verdict,
                    "has_correction": one.correction is not None,
                    "corrected_value": one.correction and one.correction.value,
                    "missing_reason": one.correction and one.correction.missing_reason,
                    "model_value": one.judged.value,
                    "sample_id": str(SAMPLE),
                    "created_at": one.created_at.isoformat(),
                    "undone_at": None,
                }

    def samples(self) -> Iterator[DrawnSample | DrawnCell]:
        strata = tuple(
            {
                "name": one.name,
                "variable": name,
                "population": one.population,
                "drawn": one.drawn,
                "inclusion_probability": one.inclusion_probability,
                "has_value": one.has_value,
            }
            for name in JUDGED
            for one in _strata(name)
        )
        at = AT.isoformat()
        yield DrawnSample(str(SAMPLE), "STRATIFIED", True, 7, 6, 75, 3, BEN, at, tuple(JUDGED), strata)
        for name in JUDGED:
            for number, (drawn, unit) in enumerate(zip(_drawn(name), (TERN, ASTER), strict=True)):
                yield DrawnCell(
                    **dict.fromkeys(DrawnCell._fields)
                    | {
                        "sample_id": str(SAMPLE),
                        "position": number,
                        "document_id": "doc-1",
                        "unit_id": str(unit),
                        "entity_index": 2 - number,
                        "variable": name,
                        "stratum": name,
                        "is_there": True,
                        "model_value": drawn.says.value,
                        "model_confidence": drawn.confidence,
                    }
                )


def _documents() -> Sequence[Document]:
    """Those of everything, with the weights that the sample gives."""
    return [
        replace(
            document,
            extractions=[one._replace(weight=STANDS_FOR if one.weight else 0.0) for one in document.extractions],
        )
        for document in documents()
    ]


def judged_dataset(*, texts: bool = True, variables: Sequence[Variable] = VARIABLES) -> Dataset:
    """The dataset of everything with people's judgements, and all that a bundle needs."""
    made = dataset(
        variables,
        _documents(),
        replace(OF_BUNDLE, texts=texts),
        None,
        report=_report(),
        multiple=True,
        project_description="Protests and strikes,\n1848 to 2021",
    )
    return replace(made, texts=READ, provenance=Consistent())


def write_judged_bundle(path: Path, *, texts: bool = True) -> None:
    """Writes its bundle."""
    write_bundle(judged_dataset(texts=texts), path)
