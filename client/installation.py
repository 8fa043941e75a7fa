"""Where the command does its work: an installation at a URL, or a stack of its own that ends with the command."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, ClientError, UsageError, WaitedTooLong
from coderai.client.locks import locked
from coderai.client.screen import Screen
from coderai.client.waiting import looks
from coderai.deploy.errors import AlreadyRunning, DeployError
from coderai.deploy.guests import Guest, without_guests
from coderai.deploy.secret_files import write_private
from coderai.deploy.stack import LocalStack

_DEFAULT_DATA = ".coderai/run"
_JOINED_WITHIN = 90.0
"""Seconds in which a stack that another command starts or stops has done so."""
_STAYS = "other commands use this CoderAI: it is stopped when they have ended (Ctrl-C stops it now)"


class SignInImpossible(UsageError):
    """It is not known who calls."""


class StackFailed(ClientError):
    """The stack that the command starts for itself did not start."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which installation to use, and as whom."""

    url: str = ""
    """Of an installation; empty for a stack of our own."""
    email: str = ""
    password: str = ""
    token: str = ""
    data: Path = Path(_DEFAULT_DATA)
    """The folder of our own stack."""
    extractors: int = 1
    """Workers of our own stack."""

    @property
    def is_own(self) -> bool:
        """Whether the stack is our own."""
        return not self.url


def own_data() -> Path:
    """The folder of the stack that the command starts for itself."""
    return Path(os.environ.get("CODERAI_DATA") or _DEFAULT_DATA)


@contextmanager
def signed_in(where: Where, screen: Screen) -> Iterator[CoderAI]:
    """The API with a user signed in; a stack of our own is started before and stopped after.

    Raises:
        SignInImpossible: a URL needs a token, or email and password.
        StackFailed: our own stack did not start.
        ApiError, ConnectionFailed: the installation did not let us in.
    """
    if where.is_own:
        with _own_stack(where, screen) as url, CoderAI(url) as api:
            _sign_in_locally(api, where.data / "account.json")
            yield api
        return
    if not where.token and not (where.email and where.password):
        raise SignInImpossible(
            f"{where.url} needs to know who you are: set CODERAI_EMAIL and CODERAI_PASSWORD, or give --token"
        )
    with CoderAI(where.url, token=where.token) as api:
        if not where.token:
            api.login(where.email, where.password)
        screen.done(f"signed in to {where.url} as {api.me().email}")
        yield api


@contextmanager
def _own_stack(where: Where, screen: Screen) -> Iterator[str]:
    """The URL of a stack of our own, or of the one that runs on its folder already."""
    with ExitStack() as undo:
        with screen.waiting("starting CoderAI on this machine") as say:
            url = _start_or_join(where, screen, say, undo)
        try:
            yield url
        except ApiError as error:
            error.add_note(f"the logs are in {where.data / 'logs'}")
            raise


def _start_or_join(where: Where, screen: Screen, say: Callable[[str], None], undo: ExitStack) -> str:
    problem = ""
    try:
        for _ in looks(_JOINED_WITHIN, "the CoderAI on this machine"):
            try:
                return _start(where, screen, say, undo)
            except AlreadyRunning as error:
                problem = str(error)
            guest = Guest.of(where.data)
            if guest is not None:
                undo.callback(guest.leave)
                screen.done(f"joined the CoderAI that runs at {guest.url} (data: {where.data})")
                return guest.url
            say("waiting for another command's")
    except WaitedTooLong:
        pass
    raise StackFailed(f"{problem}\nIt does not get ready. This command's folder is that of CODERAI_DATA.")


def _start(where: Where, screen: Screen, say: Callable[[str], None], undo: ExitStack) -> str:
    """Starts a stack, which `undo` stops. Raises AlreadyRunning, StackFailed."""
    runs, began = False, time.monotonic()
    stack = LocalStack(
        where.data,
        extractors=where.extractors,
        http="127.0.0.1:0",
        grpc="127.0.0.1:0",
        on_step=lambda text: screen.warn(text) if runs else say(text),
    )
    try:
        stack.start()
    except AlreadyRunning:
        raise
    except (DeployError, OSError) as error:
        raise StackFailed(f"CoderAI did not start: {error}") from error
    undo.callback(_stop, stack, screen)
    runs = True
    seconds = time.monotonic() - began
    screen.done(f"started CoderAI at {stack.url} for as long as this takes ({seconds:.1f} s; data: {where.data})")
    return stack.url


def _stop(stack: LocalStack, screen: Screen) -> None:
    """Stops a stack once no other command uses it; told to end again, at once."""
    try:
        with without_guests(stack.data_dir, lambda: screen.note(_STAYS)), screen.waiting("stopping CoderAI"):
            stack.stop()
    finally:
        stack.stop()


def _sign_in_locally(api: CoderAI, account_file: Path) -> None:
    """Signs in as the one user of a stack of our own, whose password nobody has to know."""
    with locked(account_file.with_suffix(".lock")):
        account = _kept_account(account_file)
    api.register_or_login(account["email"], account["password"])


def _kept_account(file: Path) -> Mapping[str, str]:
    """The account in a file that its owner alone may read; made up at the first call."""
    try:
        account: dict[str, str] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        # Another name each time: the database may know the account of a file that was lost.
        account = {"email": f"local-{secrets.token_hex(4)}@example.org", "password": secrets.token_urlsafe(24)}
        write_private(file, json.dumps(account))
    return account
