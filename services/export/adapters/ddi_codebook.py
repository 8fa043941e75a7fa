"""Writes a dataset's codebook as DDI-Codebook 2.5: the XML that archives of research data take.

Its elements and their order are those of https://ddialliance.org/Specification/DDI-Codebook/2.5/.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from coderai.services.export.adapters.ddi_elements import NAMESPACE, Element, add, add_text
from coderai.services.export.adapters.ddi_variables import FILE, add_variables
from coderai.services.export.domain.codebook import facts, quality_notes
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.unicode_text import as_xml

_SCHEMA = "https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES = {None: NAMESPACE, "xsi": _XSI}
_PRODUCER = "CoderAI"
_OF_CODES = (
    "Values are described as the tables for programs have them: categories by their words, true and false as TRUE and"
    " FALSE. Files of SPSS and Stata have numbers instead, with the words as value labels: of a category its place in"
    " the order given here, from 1; of true 1, of false 0."
)


def write_ddi_codebook(dataset: Dataset, path: Path) -> None:
    """The study, the file with its size, and its variables: each column, and each variable with its columns."""
    root = etree.Element(f"{{{NAMESPACE}}}codeBook", version="2.5", nsmap=_PREFIXES)  # type: ignore[arg-type]
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    _add_document(root, dataset)
    _add_study(root, dataset)
    _add_file(root, dataset)
    add_variables(add(root, "dataDscr"), dataset)
    etree.indent(root)
    etree.ElementTree(root).write(path, encoding="UTF-8", xml_declaration=True)


def _add_document(root: Element, dataset: Dataset) -> None:
    """What this XML document is."""
    citation = add(add(root, "docDscr"), "citation")
    add(add(citation, "titlStmt"), "titl", f"Codebook: {_title(dataset)}")
    production = add(citation, "prodStmt")
    day = dataset.generated_at.date().isoformat()
    add(production, "prodDate", day, date=day)
    add(production, "software", _PRODUCER)


def _add_study(root: Element, dataset: Dataset) -> None:
    study = add(root, "stdyDscr")
    citation = add(study, "citation")
    titles = add(citation, "titlStmt")
    add(titles, "titl", _title(dataset))
    add(titles, "IDNo", dataset.project_id, agency=_PRODUCER)
    day = dataset.generated_at.date().isoformat()
    add(add(citation, "verStmt"), "version", f"codebook {dataset.codebook.hash}", date=day)
    _add_subject(study, dataset)
    _add_method(study, dataset)
    for label, value in facts(dataset):
        add(study, "notes", str(value), type="about", subject=label)


def _add_subject(study: Element, dataset: Dataset) -> None:
    codebook, job = dataset.codebook, dataset.job
    about = add(study, "stdyInfo")
    if codebook.domain:
        add(add(about, "subject"), "topcClas", codebook.domain)
    add_text(about, "abstract", codebook.project_description)
    summary = add(about, "sumDscr")
    if job is not None:
        for event, at in (("start", job.started_at), ("end", job.finished_at)):
            add_text(summary, "collDate", at, event=event, date=at)
    add(summary, "anlyUnit", codebook.unit.row_is)
    add(summary, "dataKind", "text, coded as a table of variables")


def _add_method(study: Element, dataset: Dataset) -> None:
    codebook = dataset.codebook
    method = add(study, "method")
    collection = add(method, "dataColl")
    add(collection, "collMode", "content analysis of documents by a language model, each value with its evidence")
    if codebook.document_type:
        add(add(collection, "sources"), "dataSrc", codebook.document_type)
    notes = quality_notes(dataset)
    if notes:
        appraisal = add(method, "anlyInfo")
        for note in notes:
            add(appraisal, "dataAppr", note)
    if codebook.unit.multiple and codebook.unit.entity_identification_pattern:
        coding = add(method, "codingInstructions", type="entities")
        add(coding, "txt", codebook.unit.entity_identification_pattern)


def _add_file(root: Element, dataset: Dataset) -> None:
    file = add(root, "fileDscr", ID=FILE)
    text = add(file, "fileTxt")
    add(text, "fileName", dataset.file_name(""))
    size = add(text, "dimensns")
    add(size, "caseQnty", str(dataset.row_count))
    add(size, "varQnty", str(len(dataset.table.columns())))
    add(file, "notes", _OF_CODES)


def _title(dataset: Dataset) -> str:
    return as_xml(dataset.codebook.project_name) or "Project"
