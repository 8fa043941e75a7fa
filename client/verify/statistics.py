"""Checks every figure of a bundle that is of all cells: in its statistics, and in its codebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from coderai.client.verify.codebook_file import CODEBOOK, CodebookFile
from coderai.client.verify.columns import OneRow
from coderai.client.verify.counts import Counts, DatasetCounts
from coderai.client.verify.figures import compare
from coderai.client.verify.findings import Findings
from coderai.client.verify.lines import CELLS, DOCUMENTS, DocumentLine
from coderai.client.verify.tables import NO_VALUE
from coderai.client.verify.texts import Documents
from coderai.codebook.variable import Variable

STATISTICS = "statistics.json"


class StatisticsChecks:
    """Counts the cells row by row, and compares what comes of it with what the bundle states."""

    def __init__(self, codebook: CodebookFile, findings: Findings) -> None:
        self._codebook, self._findings = codebook, findings
        self._counts = {variable.name: Counts(variable) for variable in codebook.variables}
        self._dataset = DatasetCounts()

    def add(self, row: OneRow) -> None:
        """Counts one row."""
        self._dataset.add(row.cells)
        for number, cell in enumerate(row.cells):
            try:
                self._counts[cell.variable].add(cell)
            except NO_VALUE as error:
                self._findings.differs(CELLS, f"the cell cannot be counted: {error}", line=row.line + number)

    def end(self, statistics: dict[str, Any] | None, documents: Documents, coding: Mapping[str, Any]) -> None:
        """Compares the figures; None where there are no statistics, which is told already.

        `coding`: what receipts and what people said come to.
        """
        of_job = self._codebook.is_of_job
        found = {name: counts.counts(of_job=of_job) for name, counts in self._counts.items()}
        compared = 0
        by_name: Mapping[str, Mapping[str, Any]] = {}
        lines = [one for _, one in documents.values() if one.in_dataset]
        if statistics is not None:
            should = {
                "of_dataset": self._dataset.figures(found.values(), self._models(), lines),
                "corpus": _corpus(lines),
                "coding": coding,
            }
            for name, figures in should.items():
                compared += compare(STATISTICS, statistics.get(name), figures, self._findings, name)
            by_name = _by_name(statistics.get("variables"), self._codebook.variables, self._findings)
        for name, counts in found.items():
            compared += self._check_variable(name, counts, by_name.get(name))
        of_documents = self._codebook.plain.get("documents")
        compared += compare(CODEBOOK, of_documents, _in_codebook(lines), self._findings, "documents")
        self._check_rows(documents)
        self._findings.checked.append(f"{compared:,} figures of {STATISTICS} and {CODEBOOK} against the cells")

    def _check_variable(self, name: str, counts: Mapping[str, Any], one: Mapping[str, Any] | None) -> int:
        """Compares what the statistics, which may lack the variable, and the codebook state of it; gives how much."""
        again, place = self._counts[name].stated(of_job=self._codebook.is_of_job), f"variables[{name}]"
        compared = 0
        if one is not None:
            compared += compare(STATISTICS, one.get("counts"), counts, self._findings, f"{place}.counts")
            compared += compare(STATISTICS, one.get("stated"), again, self._findings, f"{place}.stated")
        in_codebook = self._codebook.quality[name][0]
        return compared + compare(CODEBOOK, in_codebook, again, self._findings, f"codebook[{name}].quality")

    def _check_rows(self, documents: Documents) -> None:
        for line, document in documents.values():
            rows = self._dataset.rows_of(document.document_id)
            if document.rows is not None and document.rows != rows:
                self._findings.differs(
                    DOCUMENTS,
                    "the document does not have as many rows",
                    line=line,
                    what=document.name,
                    stands=document.rows,
                    should=rows,
                    values=True,
                )

    def _models(self) -> Counter[str]:
        return sum((counts.models for counts in self._counts.values()), Counter[str]())


def _corpus(documents: Sequence[DocumentLine]) -> dict[str, Any]:
    """As "corpus" has it: those that ingest does not have any more are not among them."""
    known = [one for one in documents if one.read_status]
    return {
        "formats": dict(Counter(one.format or "" for one in known)),
        "languages": dict(Counter(one.language or "" for one in known)),
        "pages": sum(len(one.pages or ()) for one in known),
    }


def _in_codebook(documents: Sequence[DocumentLine]) -> dict[str, Any]:
    """What became of the documents, as the codebook tells it."""
    called = [({"document": one.name, "document_id": one.document_id}, one) for one in documents]
    return {
        "total": len(documents),
        "by_status": dict(Counter(one.status or "" for one in documents)),
        "without_values": [
            {**names, "reason": one.reason, "error": one.error or ""} for names, one in called if one.reason
        ],
        "with_unread_pages": [{**names, "pages": list(one.unread_pages)} for names, one in called if one.unread_pages],
        "with_unsure_pages": [{**names, "pages": list(one.unsure_pages)} for names, one in called if one.unsure_pages],
    }


def _by_name(stated: Any, variables: Sequence[Variable], findings: Findings) -> dict[str, dict[str, Any]]:
    """What is stated of each variable; one that is missing, or there beside, is told."""
    items = stated if isinstance(stated, list) else []
    found = {one["variable"]: one for one in items if isinstance(one, dict) and isinstance(one.get("variable"), str)}
    names = [variable.name for variable in variables]
    for name in [*names, *found]:
        if name not in found or name not in names:
            findings.differs(STATISTICS, "its variables are not those of the codebook", what=name)
    if len(found) != len(items):
        findings.differs(STATISTICS, "it does not have each variable once", what="variables")
    return found
