"""Shows what a job found: a sample, the dataset, and how it compares with what a person coded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.models import Job, Receipt, VariableStatistics
from coderai.client.screen import Screen, counted
from coderai.client.tables import document_tables, sample_table, summary_table, truth_table
from coderai.client.truth import RULE, TruthRow, compare

_DOCUMENTS_SHOWN = 3
_CHECKS = {
    "judge": "checking whether quotes state their values",
    "deciding": "choosing between values that parts of a document state",
    "same": "telling entities apart",
}
"""What a receipt counts apart, and for what it was."""
_WITHHELD = ("UNSUPPORTED", "UNGROUNDED")
"""Missing reasons of values that their quotes do not state, or whose quotes the document does not have."""
_EXAMPLES_FROM = 1000
"""Extractions of a sample in which an example of each variable is looked for."""


def show_sample(api: CoderAI, job: Job, screen: Screen) -> None:
    """How each variable fared, with an example."""
    statistics = api.job_statistics(job.id)
    if not _has_rows(statistics, screen):
        return
    extractions = islice(api.extractions(job.project_id, job_id=job.id), _EXAMPLES_FROM)
    screen.show(sample_table(statistics, extractions))


def show_dataset(api: CoderAI, job: Job, screen: Screen) -> None:
    """The first rows, and what was found by variable."""
    statistics = api.job_statistics(job.id)
    if _has_rows(statistics, screen):
        _show_rows(api, job, statistics, screen)
    _tell_pages(api, job, screen)


def _show_rows(api: CoderAI, job: Job, statistics: Sequence[VariableStatistics], screen: Screen) -> None:
    columns = [s.variable for s in statistics]
    screen.heading("The first rows of the dataset")
    for task in islice(api.tasks(job.id, status="DONE"), _DOCUMENTS_SHOWN):
        extractions = api.extractions(job.project_id, job_id=job.id, document_id=task.document_id)
        for table in document_tables(extractions, columns):
            screen.show(table)
    screen.show(summary_table(statistics))
    screen.done(_counts(statistics))
    _tell_checks([task.receipt for task in api.tasks(job.id, status="DONE") if task.receipt], screen)


def _counts(statistics: Sequence[VariableStatistics]) -> str:
    """The cells of a dataset in one line: what was found and how surely, what was not, and what wants a look."""
    cells, found = sum(s.units for s in statistics), sum(s.answered for s in statistics)
    unchecked = sum(s.support.get("UNCHECKED", 0) for s in statistics)
    withheld = sum(s.missing.get(reason, 0) for s in statistics for reason in _WITHHELD)
    flagged = sum(s.flagged for s in statistics)
    return (
        f"{cells:,} cells: {found:,} found ({unchecked:,} unchecked), {cells - found:,} missing with a reason"
        f" ({withheld:,} withheld), {flagged:,} flagged"
    )


def _tell_checks(receipts: Sequence[Receipt], screen: Screen) -> None:
    """What of the calls and tokens went to checks beyond the questions themselves."""
    for check, purpose in _CHECKS.items():
        calls = sum(getattr(receipt, f"{check}_calls") for receipt in receipts)
        tokens = sum(getattr(r, f"{check}_tokens_in") + getattr(r, f"{check}_tokens_out") for r in receipts)
        if calls:
            screen.detail(f"{counted(calls, 'call')} with {tokens:,} tokens went to {purpose}")


def _tell_pages(api: CoderAI, job: Job, screen: Screen) -> None:
    """Names the documents with pages of which no text was read, or of which text recognition is unsure."""
    unread, unsure = api.unread_pages(job.id), api.unsure_pages(job.id)
    for document in unread[:_DOCUMENTS_SHOWN]:
        pages = _listed(document.pages)
        screen.warn(f"{document.document_name}: no text was read of {pages}; what is not found may stand there")
    if len(unread) > _DOCUMENTS_SHOWN:
        screen.warn(f"{len(unread) - _DOCUMENTS_SHOWN} more documents have pages that were not read")
    for doubtful in unsure[:_DOCUMENTS_SHOWN]:
        pages = _listed(doubtful.pages)
        screen.warn(f"{doubtful.document_name}: text recognition is unsure of {pages}; compare values with the file")
    if len(unsure) > _DOCUMENTS_SHOWN:
        screen.warn(f"{len(unsure) - _DOCUMENTS_SHOWN} more documents have pages of which text recognition is unsure")


def _listed(pages: Sequence[int]) -> str:
    return f"{'page' if len(pages) == 1 else 'pages'} {', '.join(map(str, pages))}"


def show_comparison(api: CoderAI, job: Job, truth: Sequence[TruthRow], screen: Screen) -> None:
    """How much of the truth the dataset has, by variable, and by which rule."""
    types = {variable.name: variable.type for variable in api.variables(job.project_id)}
    if job.variables:
        truth = [row.of(job.variables) for row in truth]
    documents = {document.name for document in api.documents(job.project_id)}
    result = compare(truth, api.extractions(job.project_id, job_id=job.id), types, documents)
    screen.show(truth_table(result.scores))
    scores = result.scores.values()
    right, exact, total = (sum(getattr(score, name) for score in scores) for name in ("right", "exact", "total"))
    share = f"{right / max(total, 1):.0%}"
    screen.done(f"{right:,} of {total:,} cells are as a person coded them ({share}), {exact:,} of them exactly")
    if result.extra_entities:
        screen.warn(f"rows about something that the person did not find: {result.extra_entities}")
    if result.absent:
        screen.warn(f"not compared, because not among the documents: {', '.join(result.absent)}")
    screen.show(Text(RULE, "dim"))


def _has_rows(statistics: Sequence[VariableStatistics], screen: Screen) -> bool:
    has_rows = any(s.units for s in statistics)
    if not has_rows:
        screen.warn("no document gave a row: nothing in them was recognised as what the project's unit says a row is")
    return has_rows
