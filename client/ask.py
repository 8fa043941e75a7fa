"""`coderai ask`: says something to a project's co-pilot, and shows the reply as it comes."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.errors import ReplyFailed
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.job_progress import Interrupted
from coderai.client.models import Message
from coderai.client.options import Email, Password, Token, Url
from coderai.client.project_choice import choose_project
from coderai.client.proposals import quoted
from coderai.client.screen import Screen, counted, printable

ProjectToAsk = Annotated[str, typer.Argument(metavar="PROJECT", help="The project: its id, or its name.")]
Words = Annotated[str, typer.Argument(metavar="MESSAGE", help="What you want to know, or to have proposed.")]
Anew = Annotated[bool, typer.Option("--new", help="Begin the conversation anew: earlier messages are removed.")]


def ask(
    project: ProjectToAsk,
    message: Words,
    new: Anew = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Ask a project's co-pilot.

    The reply is shown as it comes, with the words of the documents that it rests on: found there by code. What it
    proposes changes nothing: `coderai proposals` shows it and asks you. Ctrl-C stops the reply; what came is kept.

    Examples:

    - `coderai ask Strikes "Which variables would tell how the police respond?"`

    Exit status: 0 done; 1 the reply failed; 2 wrong usage.
    """
    with exit_status():
        screen, where = Screen(), Where(url, email, password, token, own_data())
        with signed_in(where, screen) as api:
            project_id = choose_project(api, project).id
            if new:
                api.reset_conversation(project_id)
            reply = _shown(api, api.send_message(project_id, message).reply.id, screen)
        tell_ending(reply, project, screen)


def _shown(api: CoderAI, reply_id: str, screen: Screen) -> Message:
    """Shows a reply part by part; returns what it has become."""
    try:
        for update in api.watch_message(reply_id):
            if update.message is not None:
                screen.show("")
                return update.message
            lines = "\n".join(map(printable, update.part.split("\n")))
            screen.console.print(Text(lines), end="", soft_wrap=True)
    except KeyboardInterrupt:
        api.stop_message(reply_id)
        raise Interrupted("interrupted; what came of the reply is kept") from None
    return api.message(reply_id)


def tell_ending(reply: Message, project: str, screen: Screen) -> None:
    """What a reply rests on, what of it is not to be relied on, and what it proposes.

    Raises:
        ReplyFailed: there is no more to it, and why.
    """
    text = _in_a_line(reply.text)
    for quote in reply.quotes:
        if _in_a_line(quote.quote) not in text:  # else it has been read just now
            screen.detail(quoted(quote))
    for missing in reply.quotes_not_found:
        screen.warn(f"no document that was shown has these words: “{missing}”")
    if reply.status == "FAILED":
        raise ReplyFailed(reply.problem)
    if reply.problem:
        screen.warn(reply.problem)
    if reply.proposal_ids:
        proposed = counted(len(reply.proposal_ids), "change")
        screen.note(f"{proposed} proposed; to decide: {shlex.join(('coderai', 'proposals', project))}")


def _in_a_line(text: str) -> str:
    return " ".join(text.split())
