"""All checks of a bundle, in their order: each file is read once to hash it, and once more as a stream."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from coderai.client.verify.bundle import Bundle
from coderai.client.verify.cell_rows import cell_rows, place_of
from coderai.client.verify.codebook_file import CodebookFile, read_codebook
from coderai.client.verify.columns import Columns, OneRow
from coderai.client.verify.findings import Findings
from coderai.client.verify.json_files import json_object
from coderai.client.verify.judged_cells import JudgedChecks
from coderai.client.verify.lines import CELLS, DOCUMENTS
from coderai.client.verify.manifest import check_crate, check_manifest, hash_files
from coderai.client.verify.measured import check_measured
from coderai.client.verify.methods import check_methods
from coderai.client.verify.people import People, read_people
from coderai.client.verify.project_file import check_project_file
from coderai.client.verify.provenance import ProvenanceChecks
from coderai.client.verify.quotes import QuoteChecks
from coderai.client.verify.statistics import STATISTICS, StatisticsChecks
from coderai.client.verify.tables import TableChecks
from coderai.client.verify.texts import Documents, Texts, check_texts, read_documents

NO_TEXTS: Mapping[str, Path] = {}


def check(bundle: Bundle, findings: Findings, again: Mapping[str, Path] = NO_TEXTS) -> None:
    """Checks all that can be checked, and tells what it finds.

    `again`: where the texts of documents are that were read again, by the document's id.
    """
    hashes = hash_files(bundle, findings)
    check_manifest(bundle, hashes, findings)
    check_crate(bundle, hashes, findings)
    documents = read_documents(bundle, findings)
    texts = check_texts(bundle, documents, hashes, findings)
    if texts:
        findings.checked.append(f"{texts:,} texts against the hashes of documents.jsonl")
    codebook = read_codebook(bundle, findings)
    if codebook is None:
        findings.not_checked.append("cells, tables and figures: without the codebook nobody knows what they mean")
        return
    if CELLS not in hashes:
        if CELLS not in bundle.sizes:
            findings.differs(CELLS, "the bundle does not have this file")
        findings.not_checked.append("tables and figures: without the cells nobody knows what they should be")
        return
    check_project_file(bundle, codebook, findings)
    held = Texts(bundle, findings, again)
    statistics = json_object(bundle, STATISTICS, findings)
    people = read_people(bundle, findings)
    provenance = ProvenanceChecks(bundle, documents, held, findings)
    provenance.check(people)
    if not codebook.variables and not bundle.sizes[CELLS]:
        findings.not_checked.append("tables and figures: a dataset without variables has no cells to hold them against")
        return
    figures = _check_cells(bundle, codebook, documents, held, people, findings)
    figures.end(statistics, documents, provenance.sums(people))
    check_measured(codebook, statistics, people, findings)
    check_methods(bundle, statistics, findings)


def _check_cells(
    bundle: Bundle,
    codebook: CodebookFile,
    documents: Documents,
    texts: Texts,
    people: People,
    findings: Findings,
) -> StatisticsChecks:
    """One pass over the cells, in step with the tables; gives what they come to."""
    tables = TableChecks(bundle, Columns(codebook.columns, codebook.variables), findings)
    quotes = QuoteChecks(documents, texts, findings)
    statistics = StatisticsChecks(codebook, findings)
    judged = JudgedChecks(codebook, people, findings)
    cells = 0
    for row in cell_rows(bundle, codebook.variables, findings):
        _check_document(row, documents, findings)
        tables.check(row)
        statistics.add(row)
        for number, cell in enumerate(row.cells):
            quotes.check(cell, row.line + number)
            judged.check(cell, row.line + number)
        cells += len(row.cells)
    tables.end()
    findings.checked.append(f"{cells:,} cells of {CELLS}")
    quotes.end()
    judged.end()
    return statistics


def _check_document(row: OneRow, documents: Documents, findings: Findings) -> None:
    """The row's document is one of the bundle's, and is called as there."""
    first = row.cells[0]
    _, found = documents.get(first.document_id, (0, None))
    if found is None:
        findings.differs(CELLS, f"{DOCUMENTS} does not have its document", line=row.line, cell=place_of(first))
    elif found.name != first.document:
        problem = f"the cell names its document otherwise than {DOCUMENTS}"
        stands, should = first.document, found.name
        findings.differs(CELLS, problem, line=row.line, cell=place_of(first), stands=stands, should=should, values=True)
