"""What the walk shows of each step: the default, why it is what it is, and the words of the documents that say so."""

from __future__ import annotations

from coderai.client.models import Proposal, SchemaFinding, SetupStepState, Variable
from coderai.client.proposals import counts_of, quoted
from coderai.client.screen import Screen

_MOST_QUOTES = 2


def show_reasons(state: SetupStepState, screen: Screen) -> None:
    """Why a default is what it is, with the first quotes."""
    for line in (*state.reasons, *map(quoted, state.quotes[:_MOST_QUOTES])):
        screen.detail(line)


def show_context(state: SetupStepState, screen: Screen) -> None:
    """The context that is proposed."""
    context = state.context
    fields = {"language": context.language, "domain": context.domain, "document type": context.document_type}
    for name, value in fields.items():
        screen.note(f"{name}: {value or '(nothing tells it)'}")


def show_unit(state: SetupStepState, screen: Screen) -> None:
    """The unit that is proposed."""
    unit = state.context.unit
    several = "a document may give several rows" if unit.rows_per_document == "MULTIPLE" else "one row a document"
    screen.note(f"a row is {unit.row_is} ({several})")
    if unit.entity_identification_pattern:
        screen.detail(f"recognised by: {unit.entity_identification_pattern}")


def show_variable(variable: Variable, proposal: Proposal, screen: Screen) -> None:
    """A variable that a proposal adds, why, and the words that it rests on."""
    screen.heading(f"{variable.name} ({variable.type.lower()}): {variable.display_name}")
    screen.detail(variable.instructions)
    if variable.categories and not proposal.counts:
        screen.detail(f"categories: {', '.join(one.value for one in variable.categories)}")
    for line in (*counts_of(proposal), proposal.reason, *map(quoted, proposal.quotes[:_MOST_QUOTES])):
        screen.detail(line)


def show_finding(finding: SchemaFinding, screen: Screen) -> None:
    """What a review has found."""
    show = {"ERROR": screen.error, "WARNING": screen.warn}.get(finding.severity, screen.note)
    show(finding.message)
    for quote in finding.quotes[:_MOST_QUOTES]:
        screen.detail(quoted(quote))


def added_variable(proposal: Proposal) -> Variable | None:
    """The variable that a proposal adds; None when it does something else."""
    added = [change.variable_after for change in proposal.changes if change.action == "CREATE_VARIABLE"]
    return added[0] if len(added) == len(proposal.changes) == 1 else None
