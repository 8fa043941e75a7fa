"""Starts all of CoderAI on this machine and keeps it running: what `make run` does."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from coderai.deploy.errors import DeployError
from coderai.deploy.guests import without_guests
from coderai.deploy.interrupts import end_upon
from coderai.deploy.processes import CODERAI, Program
from coderai.deploy.stack import LocalStack

_WELCOME = """\
CoderAI runs at {stack.url}; Ctrl-C stops it.
    API   {stack.url}/v1
    docs  {stack.url}/docs
    gRPC  {stack.grpc}
    data  {stack.data_dir}
    logs  {stack.data_dir}/logs
    web   {web}"""
_WEB, _NO_WEB = (
    "pages of {origins} may call the API",
    "pages of other origins may not call the API; {setting} names those that may",
)
_ORIGINS = "CODERAI_GATEWAY_CORS_ORIGINS"
_METRICS = """\
Metrics, each process at /metrics of its own address:
{addresses}
For Prometheus: file_sd_configs: [{{files: [{file}]}}]"""
_SIGN_IN = """\
Nobody has an account here yet. Open this to begin; it works once, within 15 minutes:
    {link}"""
_STAYS = "commands use it: it stops when they have ended; Ctrl-C again stops it now"
_FIRST_METRICS = "127.0.0.1:9400"


def main(program: Program = CODERAI) -> None:
    """Starts everything, says where it is, and stops upon Ctrl-C or SIGTERM; the data stay.

    A second Ctrl-C does not wait for the work in hand. Exits with 0 after it was told to stop; 1 when it could not
    start, had to kill something or was told twice; 2 on wrong usage.
    """
    options = _options()
    stack = LocalStack(
        options.data,
        extractors=options.extractors,
        http=options.http,
        grpc=options.grpc,
        metrics=options.metrics,
        on_step=_say,
        program=program,
    )
    try:
        _run(stack)
        with without_guests(stack.data_dir, lambda: _say(_STAYS)):
            stack.stop()
    except DeployError as error:
        sys.exit(f"CoderAI did not start: {error}")
    except KeyboardInterrupt:
        sys.exit("told to stop twice: ended what still ran")
    if stack.late:
        sys.exit(f"did not end in time and were killed: {', '.join(stack.late)}")


def _run(stack: LocalStack) -> None:
    try:
        end_upon(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        stack.start()
        _say(_WELCOME.format(stack=stack, web=who_may_call()))
        if stack.metrics:
            addresses = "\n".join(f"    {name:18}{address}" for name, address in stack.metrics.items())
            _say(_METRICS.format(addresses=addresses, file=stack.metrics_targets))
        show_sign_in_link(stack)
        while True:
            signal.pause()
    except KeyboardInterrupt:
        _say("stopping")


def show_sign_in_link(stack: LocalStack) -> None:
    """Shows the link for the first sign-in to a person, and writes it to no file: whoever has it gets in."""
    console = files("coderai.gateway").joinpath("assets", "index.html")
    if sys.stdout.isatty() and console.is_file() and (link := stack.sign_in_link()):
        _say(_SIGN_IN.format(link=link))


def who_may_call(environ: Mapping[str, str] = os.environ) -> str:
    """Which web clients the gateway lets in, as its setting has it, by either of its names."""
    origins = environ.get(_ORIGINS, environ.get("CODERAI_CORS_ORIGINS", ""))
    return _WEB.format(origins=origins) if origins else _NO_WEB.format(setting=_ORIGINS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m coderai.deploy.local",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--extractors", type=int, default=1, help="number of extractor workers")
    parser.add_argument("--http", default="127.0.0.1:8080", help="address of the HTTP API; port 0: a free one")
    parser.add_argument("--grpc", default="127.0.0.1:9090", help="address of the gRPC API; port 0: a free one")
    parser.add_argument(
        "--metrics",
        nargs="?",
        const=_FIRST_METRICS,
        default="",
        help=f"serve metrics, at this address and the next ports, one a process; {_FIRST_METRICS} without a value",
    )
    parser.add_argument("--data", type=Path, default=Path(".coderai/stack"), help="folder of data, secrets and logs")
    return parser.parse_args()


def _say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone, as after SIGHUP
        print(f"{text}\n", end="", flush=True)  # in one piece: a signal may come in between


if __name__ == "__main__":
    main()
