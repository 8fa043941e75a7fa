"""Shows what a job found: a sample, the dataset, and how it compares with what a person coded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from statistics import fmean

from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.models import Extraction, Receipt, UnreadPages, UnsurePages, VariableStatistics
from coderai.client.reading_report import listed_pages
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
_DOCUMENTS_LOOKED_AT = 20
"""To find some that gave a row."""


def show_sample(api: CoderAI, project_id: str, document_ids: Sequence[str], screen: Screen) -> None:
    """How each variable fares in some documents of the dataset, with an example."""
    found = [one for id_ in document_ids for one in api.extractions(project_id, document_id=id_)]
    names = [variable.name for variable in api.variables(project_id)]
    statistics = [_statistics(name, [one for one in found if one.variable == name]) for name in names]
    if _has_rows(statistics, screen):
        screen.show(sample_table(statistics, found))


def _statistics(name: str, found: Sequence[Extraction]) -> VariableStatistics:
    answered = [one.confidence for one in found if one.value is not None and one.origin != "DEFAULTED"]
    mean = fmean(answered) if answered else 0.0
    return VariableStatistics(variable=name, units=len(found), answered=len(answered), mean_confidence=mean)


def show_dataset(api: CoderAI, project_id: str, receipts: Sequence[Receipt], screen: Screen) -> None:
    """The first rows, and what was found by variable; `receipts` are of the documents that were just coded."""
    whole = api.dataset_statistics(project_id)
    if _has_rows(whole.items, screen):
        _show_rows(api, project_id, [one.variable for one in whole.items], screen)
        screen.show(summary_table(whole.items))
        screen.done(_counts(whole.items))
        _tell_checks(receipts, screen)
    _tell_pages(whole.unread_pages, whole.unsure_pages, screen)


def _show_rows(api: CoderAI, project_id: str, columns: Sequence[str], screen: Screen) -> None:
    screen.heading("The first rows of the dataset")
    shown = 0
    for document in islice(api.documents(project_id, status="READY"), _DOCUMENTS_LOOKED_AT):
        tables = list(document_tables(api.extractions(project_id, document_id=document.id), columns))
        for table in tables:
            screen.show(table)
        shown += bool(tables)
        if shown == _DOCUMENTS_SHOWN:
            return


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


def _tell_pages(unread: Sequence[UnreadPages], unsure: Sequence[UnsurePages], screen: Screen) -> None:
    """Names the documents with pages of which no text was read, or of which text recognition is unsure."""
    for document in unread[:_DOCUMENTS_SHOWN]:
        pages = listed_pages(document.pages)
        screen.warn(f"{document.document_name}: no text was read of {pages}; what is not found may stand there")
    if len(unread) > _DOCUMENTS_SHOWN:
        screen.warn(f"{len(unread) - _DOCUMENTS_SHOWN} more documents have pages that were not read")
    for doubtful in unsure[:_DOCUMENTS_SHOWN]:
        pages = listed_pages(doubtful.pages)
        screen.warn(f"{doubtful.document_name}: text recognition is unsure of {pages}; compare values with the file")
    if len(unsure) > _DOCUMENTS_SHOWN:
        screen.warn(f"{len(unsure) - _DOCUMENTS_SHOWN} more documents have pages of which text recognition is unsure")


def show_comparison(
    api: CoderAI, project_id: str, truth: Sequence[TruthRow], variables: Sequence[str], screen: Screen
) -> None:
    """How much of the truth the dataset has, by variable, and by which rule; of `variables` alone, if any are named."""
    types = {variable.name: variable.type for variable in api.variables(project_id)}
    if variables:
        truth = [row.of(variables) for row in truth]
    documents = {document.name for document in api.documents(project_id)}
    result = compare(truth, api.extractions(project_id), types, documents)
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
