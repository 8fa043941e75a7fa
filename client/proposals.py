"""`coderai proposals`: shows what the co-pilot proposes, and applies or rejects it as a person says, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Annotated

import typer
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.consent import can_ask
from coderai.client.errors import ApiError, UsageError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.models import AppliedProposal, Proposal, SourceQuote
from coderai.client.options import Email, Password, Token, Url
from coderai.client.project_choice import choose_project
from coderai.client.screen import Screen, counted, printable
from coderai.client.tables import words

_MOST_QUOTES, _LONGEST_QUOTE = 3, 160
_STYLES = {"+": "green", "-": "red", "@": "dim"}
_REFUSED = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
"""How the API answers for a proposal that cannot be decided so, while others can."""

ProjectOfProposals = Annotated[
    str,
    typer.Argument(metavar="PROJECT", help="The project: its id, or its name; not needed where there is but one."),
]
Apply = Annotated[
    list[str] | None, typer.Option("--apply", metavar="ID", help="Apply this one; may be given several times.")
]
Reject = Annotated[
    list[str] | None, typer.Option("--reject", metavar="ID", help="Reject this one; may be given several times.")
]
Decided = Annotated[bool, typer.Option("--all", help="Show also those that are applied or rejected.")]


def proposals(
    project: ProjectOfProposals = "",
    apply: Apply = None,
    reject: Reject = None,
    decided: Decided = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Show what the co-pilot proposes, and decide it one by one.

    Each proposal is shown as what it changes in the project file, with why and the words of the documents that it rests
    on. In a terminal each is asked about; elsewhere --apply and --reject decide. Only what is applied changes the
    project, whole or not at all; doing it twice is doing it once.

    Examples:

    - `coderai proposals Strikes`

    - `coderai proposals --apply 0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11`

    Exit status: 0 done; 1 something failed, or a proposal cannot be applied any more; 2 wrong usage.
    """
    with exit_status():
        screen, where = Screen(), Where(url, email, password, token, own_data())
        if apply or reject:
            _must_differ(apply or [], reject or [])
            with signed_in(where, screen) as api:
                _decide(api, apply or [], reject or [], screen)
            return
        with signed_in(where, screen) as api:
            project_id = choose_project(api, project).id if project else _only_project(api)
            found = list(api.proposals(project_id, status="" if decided else "PROPOSED"))[::-1]
            _show(api, found, screen)


def _must_differ(apply: Sequence[str], reject: Sequence[str]) -> None:
    both = sorted(set(apply).intersection(reject))
    if both:
        raise UsageError(f"--apply and --reject both name {', '.join(both)}")


def _only_project(api: CoderAI) -> str:
    found = [project for project, _ in zip(api.projects(), range(2), strict=False)]
    if len(found) != 1:
        raise UsageError("name the project: its id, or its name" if found else "there is no project yet")
    return found[0].id


def _decide(api: CoderAI, apply: Sequence[str], reject: Sequence[str], screen: Screen) -> None:
    for proposal_id in apply:
        tell_applied(api.apply_proposal(proposal_id), screen)
    for proposal_id in reject:
        screen.done(f"rejected: {api.reject_proposal(proposal_id).title}")


def _show(api: CoderAI, found: Sequence[Proposal], screen: Screen) -> None:
    """Shows the proposals, oldest first, and asks about each where somebody can answer."""
    if not found:
        screen.done("nothing is proposed")
        return
    asks = can_ask()
    for number, proposal in enumerate(found, start=1):
        # What was applied before may have changed the ground of this one.
        proposal = api.proposal(proposal.id) if proposal.status == "PROPOSED" else proposal
        show_proposal(proposal, screen, f"{number} of {len(found)}")
        if asks and proposal.status == "PROPOSED" and not _ask(api, proposal, screen):
            return
    waiting = [proposal for proposal in found if proposal.status == "PROPOSED"]
    if waiting and not asks:
        screen.note(f"to decide: coderai proposals --apply {waiting[0].id}, or --reject; in a terminal you are asked")


def show_proposal(proposal: Proposal, screen: Screen, place: str = "") -> None:
    """A proposal with why, what it rests on, and what it changes."""
    screen.heading(" · ".join(part for part in (place, proposal.title, words(proposal.kind)) if part))
    state = "" if proposal.status == "PROPOSED" else f" ({words(proposal.status)})"
    screen.note(f"{proposal.id}{state}, by {proposal.model}")
    for line in (proposal.reason, *counts_of(proposal)):
        if line.strip():
            screen.detail(line)
    for quote in proposal.quotes[:_MOST_QUOTES]:
        screen.detail(quoted(quote))
    if proposal.stale:
        screen.warn(f"it cannot be applied as things are now: {proposal.stale}")
    for line in proposal.diff.splitlines():
        screen.console.print(Text(f"    {printable(line)}", style=_STYLES.get(line[:1], "")), soft_wrap=True)


def counts_of(proposal: Proposal) -> Iterator[str]:
    """What was seen in the sample of the categories that a proposal names, in sentences."""
    of = counted(proposal.sampled_documents, "sampled document")
    if proposal.counts:
        yield f"seen in {of}: " + ", ".join(f"{one.value} ({one.documents})" for one in proposal.counts)
    if proposal.leftovers:
        yield f"fits none of them: {', '.join(proposal.leftovers)}"


def quoted(quote: SourceQuote) -> str:
    """The words of a document, with its name."""
    text = " ".join(quote.quote.split())
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + '...'}” ({quote.document_name})"


def _ask(api: CoderAI, proposal: Proposal, screen: Screen) -> bool:
    """Does what a person says; False when they want to stop."""
    choices = ("reject", "skip", "quit") if proposal.stale else ("apply", "reject", "skip", "quit")
    asked = f"{', '.join(choices[:-1])} or {choices[-1]}"
    answer = ""
    while not answer:
        said = typer.prompt(asked, default="skip").strip().lower()
        answer = next((choice for choice in choices if said and choice.startswith(said)), "")
    if answer == "quit":
        return False
    try:
        if answer == "apply":
            tell_applied(api.apply_proposal(proposal.id), screen)
        elif answer == "reject":
            api.reject_proposal(proposal.id)
            screen.done("rejected")
    except ApiError as error:
        if error.status not in _REFUSED:
            raise
        screen.warn(str(error))
    return True


def tell_applied(done: AppliedProposal, screen: Screen) -> None:
    """Says what an applied proposal made of which variables, and what a person should look at."""
    names = ", ".join(variable.name for variable in done.variables)
    screen.done(f"applied: {done.proposal.title}{f' ({names})' if names else ''}")
    for variable in done.variables:
        for warning in variable.warnings:
            screen.warn(f"{variable.name}: {warning}")
