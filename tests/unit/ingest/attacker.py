"""A reading process that a file has taken over: run in the sandbox's place, it does what the file says (attacks)."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from coderai.services.ingest.adapters.reading_process import run

PTRACE_ATTACH = 16


def reached(path: str) -> None:
    Path(path).read_bytes()


def written(path: str) -> None:
    Path(path).write_bytes(b"x" * 100)


def connected(family: int, kind: int, address: Any) -> None:
    with socket.socket(family, kind) as client:
        client.settimeout(5)
        client.connect(tuple(address) if isinstance(address, list) else address)
        client.send(b"data")


def traced(pid: int) -> None:
    called("ptrace", PTRACE_ATTACH, pid, 0, 0)


def called(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*map(ctypes.c_long, arguments)) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def signalled_by_pipe(pid: int) -> None:
    """Has the kernel send a process a signal when a pipe can be read."""
    reading_end, writing_end = os.pipe()
    fcntl.fcntl(reading_end, fcntl.F_SETOWN, pid)
    fcntl.fcntl(reading_end, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(writing_end, b"x")


def answered_forever(frame: str) -> None:
    """Sends a frame again and again, and lets no alarm end the process."""
    signal.alarm(0)
    while True:
        os.write(int(sys.argv[1]), bytes.fromhex(frame))
        time.sleep(0.1)


def memory_read(pid: int) -> None:
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        memory.seek(0x400000)
        memory.read(1)


def forked(count: int) -> int:
    """How many of so many processes could be started at the same time."""
    children = []
    try:
        for _ in range(count):
            child = os.fork()
            if child == 0:
                signal.pause()
                os._exit(0)
            children.append(child)
    except OSError:
        if not children:
            raise
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return len(children)


ATTACKS: dict[str, Callable[..., Any]] = {
    "read": reached,
    "write": written,
    "connect": connected,
    "look up": lambda name: socket.getaddrinfo(name, 80),
    "environment": lambda: dict(os.environ),
    "list": os.listdir,
    "trace": traced,
    "memory": memory_read,
    "fork": forked,
    "kill": os.kill,
    "signal by pipe": signalled_by_pipe,
    "pin": lambda: os.sched_setaffinity(os.getpid(), os.sched_getaffinity(0)),
    "become": lambda uid: os.setresuid(uid, uid, uid),
    "call": called,
    "start": lambda *command: subprocess.run(command, check=True, capture_output=True).stdout.decode(),
    "thread": lambda: threading.Thread(target=len, args=("",)).start(),
    "answer forever": answered_forever,
    "user": os.getresuid,
    "process": lambda: [os.getpid()],
    "status": lambda: Path("/proc/self/status").read_text(),
    "complain": lambda length: os.write(2, b"x" * length) and None,
    "answer": lambda text: os.write(int(sys.argv[1]), bytes.fromhex(text)),
}


def load() -> Callable[..., None]:
    from coderai.services.ingest.adapters.reading_answers import answer

    return partial(answer, read=attack)


def attack(data: bytes, *_: Any) -> Iterator[Any]:
    """Does what the file says, and answers by a problem: [whether it succeeded, what came of it]."""
    from coderai.services.ingest.domain.problems import FileDamaged

    name, *arguments = json.loads(data)
    try:
        outcome = [True, ATTACKS[name](*arguments)]
    except (OSError, RuntimeError) as error:
        outcome = [False, repr(error)]
    raise FileDamaged(json.dumps(outcome))
    yield


if __name__ == "__main__":
    run(load)
