"""A project's dataset on a real database, written row by row as tests want it, and its codebook."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.codebook.fingerprints import asked
from coderai.codebook.plain import write
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.ranges import ends, is_range, shown
from coderai.codebook.variable import Variable, VariableType
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import Conflict, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, units
from coderai.services.extractor.adapters.measuring import QualityStore
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.adapters.tables import extractions, jobs
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from coderai.services.extractor.entrypoints.grpc_service import ExtractorServicer
from coderai.services.extractor.usecases.quality import Measuring

MODEL = "openai:test"


def variable(name: str, type: VariableType = VariableType.TEXT, **rest: Any) -> Variable:
    """A variable with an id and an active prompt."""
    prompt = PromptVersion(str(new_id()), 1, f"{name}: what the document states.", 0.1, 1024)
    return Variable(str(new_id()), name, type, **({"active_prompt": prompt} | rest))


def reworded(of: Variable) -> Variable:
    """The variable under another prompt."""
    return replace(of, active_prompt=PromptVersion(str(new_id()), 2, f"{of.name}, in other words.", 0.1, 1024))


def label(value: Any) -> str:
    """A value as a short text."""
    if isinstance(value, list):
        return "; ".join(map(label, value))
    if is_range(value):
        return shown(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def number(value: Any, type: VariableType) -> float | None:
    """A number, or the year of a date: of several the first, of two ends the lower, or the only one."""
    if isinstance(value, list):
        return number(value[0], type)
    low = next((end for end in ends(value) if end is not None), None)
    if type is VariableType.DATE and low is not None:
        return float(str(low)[:4])
    return float(low) if type is VariableType.NUMBER and low is not None else None


@dataclass
class Project:
    """A project of one workspace; it is the projects service, too, as usecases.ports.Projects sees it."""

    db: Database
    codebook: Codebook
    who: identity.Identity = field(
        default_factory=lambda: identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "test")
    )
    id: UUID = field(default_factory=new_id)
    plain: Mapping[str, Any] | None = None
    """The codebook as the projects service sends it, where a test looks at that."""

    @property
    def open_store(self) -> Any:
        return partial(self.db.session, kind=ExtractorStore)

    @property
    def dataset(self) -> DatasetServicer:
        """The reads of DatasetService; what writes has nothing to write with."""
        unused: Any = None
        return DatasetServicer(open_store=self.open_store, projects=self, renewals=unused, ledger=unused)

    @property
    def extractor(self) -> ExtractorServicer:
        """The reads of ExtractorService."""
        unused: Any = None
        measuring = Measuring(partial(self.db.session, kind=QualityStore), self)
        return ExtractorServicer(self.open_store, self, unused, unused, unused, unused, unused, unused, measuring)

    async def freeze(self, project_id: UUID) -> Any:
        await self.must_exist(project_id)
        if not self.codebook.variables:
            raise Conflict("the project has no variables yet", code="no_variables")
        return self.plain or _plain(self.codebook)

    async def must_exist(self, project_id: UUID) -> None:
        if project_id != self.id:
            raise NotFound("there is no such project", code="project_not_found")

    async def token_budget(self, project_id: UUID) -> int:
        return 0

    @asynccontextmanager
    async def session(self) -> AsyncIterator[ExtractorStore]:
        async with self.open_store(self.who.workspace_id) as store:
            yield store

    async def add(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Writes rows; those of one call have the same columns."""
        own = {"workspace_id": self.who.workspace_id}
        async with self.session() as session:
            await session.execute(insert(table), [{"id": new_id()} | own | row for row in rows])
            await session.commit()

    async def document(self, name: str = "a.txt", **columns: Any) -> UUID:
        """A coded document without units."""
        document_id = new_id()
        await self.add(coded_documents, [self.document_row(document_id, name, **columns)])
        return document_id

    def document_row(self, document_id: UUID, name: str, **columns: Any) -> Any:
        """The row of such a document."""
        row = {"project_id": self.id, "document_id": document_id, "document_name": name, "job_id": None}
        row |= {"status": "DONE", "error": "", "unread_pages": [], "unsure_pages": [], "text_version": 0, "split": ""}
        return row | columns

    async def unit(self, document_id: UUID, number: int = 0, text: str = "", **columns: Any) -> UUID:
        """A unit without cells."""
        unit_id = new_id()
        await self.add(units, [self.unit_row(unit_id, document_id, number, text, **columns)])
        return unit_id

    def unit_row(self, unit_id: UUID, document_id: UUID, number: int, text: str, **columns: Any) -> Any:
        """The row of such a unit."""
        row = {"id": unit_id, "project_id": self.id, "document_id": document_id, "number": number, "text": text}
        row |= {"mentions": [], "state": "PRESENT", "added": False, "merged_into": None, "text_version": 0}
        return row | columns

    async def cell(self, unit_id: UUID, document_id: UUID, of: Variable, value: Any = None, **columns: Any) -> UUID:
        """A cell as it comes from a job that asked what the codebook asks now; the id of its extraction."""
        row = self.cell_row(unit_id, document_id, of, value, **columns)
        await self.add(cells, [row])
        extraction_id: UUID = row["extraction_id"]
        return extraction_id

    def cell_row(self, unit_id: UUID, document_id: UUID, of: Variable, value: Any = None, **columns: Any) -> Any:
        """The row of such a cell."""
        reason = "" if value is not None else "NOT_STATED"
        row = {"project_id": self.id, "document_id": document_id, "unit_id": unit_id, "variable_id": UUID(of.id)}
        row |= {"extraction_id": new_id(), "job_id": new_id(), "value": value, "label": label(value)}
        row["number"] = number(value, of.type)
        row |= {"confidence": 0.9, "status": "EXTRACTED", "flags": [], "missing_reason": reason, "support": ""}
        row |= {"origin": "EXTRACTED", "verdict": "", "feedback_id": None, "corrected_by": None}
        row |= {"asked": asked(of, self.codebook.unit), "settings": "", "model": self.codebook.model, "outdated": ""}
        return row | columns

    async def job(self) -> UUID:
        """A job that is complete."""
        job_id = new_id()
        row: dict[str, Any] = {"id": job_id, "project_id": self.id, "kind": "FULL", "status": "COMPLETE"}
        row |= {"status_reason": "", "codebook_hash": "", "codebook": _plain(self.codebook), "model": MODEL}
        row |= dict.fromkeys(("documents_total", "documents_processed", "documents_failed"), 0)
        row |= dict.fromkeys(("consecutive_failures", "token_budget", "tokens_in", "tokens_out", "tokens_cached"), 0)
        row |= {"last_sequence": 0, "pace_documents": 0.0, "pace_seconds": 0.0, "variables": []}
        await self.add(jobs, [row])
        return job_id

    async def extraction(
        self, job_id: UUID, unit_id: UUID | None, document_id: UUID, of: Variable, value: Any = None, **columns: Any
    ) -> UUID:
        """An extraction of a job; its id."""
        extraction_id = new_id()
        position = [other.name for other in self.codebook.variables].index(of.name)
        row = {"id": extraction_id, "project_id": self.id, "job_id": job_id, "document_id": document_id}
        row |= {"document_name": "a.txt", "variable_id": UUID(of.id), "variable": of.name, "position": position}
        row |= {"entity_index": 0, "entity_text": "", "value": value, "confidence": 0.8, "status": "EXTRACTED"}
        row |= {"evidence": None, "flags": [], "explanation": "it says so", "raw_value": value, "candidates": None}
        row |= {"missing_reason": "" if value is not None else "NOT_STATED", "support": "", "origin": "EXTRACTED"}
        row |= {"model_confidence": 0.7, "prompt_version": 1, "prompt_version_id": new_id(), "model": MODEL}
        await self.add(extractions, [row | {"unit_id": unit_id, "basis": None} | columns])
        return extraction_id

    async def said(self, unit_id: UUID, document_id: UUID, of: Variable, **columns: Any) -> UUID:
        """A person's feedback on a cell; its id."""
        feedback_id = new_id()
        row: dict[str, Any] = {"id": feedback_id, "project_id": self.id, "document_id": document_id}
        row |= {"unit_id": unit_id, "variable_id": UUID(of.id), "author": self.who.user_id, "verdict": "INCORRECT"}
        row |= {"model_value": None, "model_missing_reason": "", "model_confidence": 0.0, "has_correction": True}
        row |= {"corrected_value": None, "missing_reason": "", "evidence": None, "note": "", "is_final": False}
        row |= {"sample_id": None, "extraction_id": None, "prompt_version": 1, "prompt_version_id": None}
        await self.add(feedback, [row | columns])
        return feedback_id


def _plain(codebook: Codebook) -> dict[str, Any]:
    plain = to_plain(from_plain(codebook_pb2.Codebook, write(codebook)))
    assert read_codebook(plain) == codebook
    return plain
