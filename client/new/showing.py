"""What the walk shows of each step: the default, why it is what it is, and the words of the documents that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from coderai.client.models import Proposal, SchemaFinding, SetupStepState, SourceQuote, Variable
from coderai.client.screen import Screen, counted

_MOST_QUOTES = 2
_MOST_CATEGORIES = 12


def show_reasons(state: SetupStepState, screen: Screen) -> None:
    """Why a default is what it is, with the first quotes."""
    for line in (*state.reasons, *_quoted(state.quotes)):
        screen.detail(line)


def show_context(state: SetupStepState, screen: Screen) -> None:
    """The context that is proposed."""
    context = state.context
    fields = {"language": context.language, "domain": context.domain, "document type": context.document_type}
    for name, value in fields.items():
        screen.note(f"{name}: {value or '(nothing told)'}")


def show_unit(state: SetupStepState, screen: Screen) -> None:
    """The unit that is proposed."""
    unit = state.context.unit
    several = "a document gives several rows" if unit.rows_per_document == "MULTIPLE" else "one row a document"
    screen.note(f"a row is: {unit.row_is} ({several})")
    if unit.entity_identification_pattern:
        screen.detail(f"recognised by: {unit.entity_identification_pattern}")


def show_proposal(proposal: Proposal, screen: Screen) -> None:
    """A proposal with what it rests on: the variable that it adds, or else its diff."""
    added = added_variable(proposal)
    if added is None:
        screen.note(proposal.title)
        for line in proposal.diff.splitlines():
            screen.detail(line)
    else:
        _show_variable(added, proposal, screen)
    screen.detail(proposal.reason)
    for line in _quoted(proposal.quotes):
        screen.detail(line)


def show_finding(finding: SchemaFinding, screen: Screen) -> None:
    """What a review has found."""
    show = {"ERROR": screen.error, "WARNING": screen.warn}.get(finding.severity, screen.note)
    show(finding.message)
    for line in _quoted(finding.quotes):
        screen.detail(line)


def added_variable(proposal: Proposal) -> Variable | None:
    """The variable that a proposal adds; None when it does something else."""
    added = [change.variable_after for change in proposal.changes if change.action == "CREATE_VARIABLE"]
    return added[0] if len(added) == len(proposal.changes) == 1 else None


def _show_variable(variable: Variable, proposal: Proposal, screen: Screen) -> None:
    screen.note(f"{variable.name} ({variable.type}): {variable.display_name}")
    screen.detail(variable.instructions)
    counts = {one.value: one.documents for one in proposal.counts}
    seen = [
        f"{c.value} ({counted(counts[c.value], 'document')})" if c.value in counts else c.value
        for c in variable.categories
    ]
    if seen:
        more = f" and {len(seen) - _MOST_CATEGORIES} more" if len(seen) > _MOST_CATEGORIES else ""
        screen.detail(f"categories: {', '.join(seen[:_MOST_CATEGORIES])}{more}")
    if proposal.leftovers:
        screen.detail(f"seen, and in none of them: {', '.join(proposal.leftovers[:_MOST_CATEGORIES])}")


def _quoted(quotes: Iterable[SourceQuote]) -> Iterator[str]:
    return (f"“{' '.join(one.quote.split())}” ({one.document_name})" for one in islice(quotes, _MOST_QUOTES))
