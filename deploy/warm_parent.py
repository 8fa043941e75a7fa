"""The process that CoderAI's processes are forked from: it has loaded what all of them would load, each by itself.

It is started by deploy.forking with a socket, over which orders come. It never sees what a forked process is told: an
order is three descriptors, and the forked process itself reads its module, arguments and environment from the first.
Two things would not survive a fork, so that the modules to load may have neither: a thread, and an event loop.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it

_LONGEST_NAME = 15
"""Bytes of a process's name in Linux."""


def main() -> None:
    """Loads the modules that are named after the descriptor of the socket; then forks upon orders until it is closed.

    Exits with 1 when loading has started a thread.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    orders = socket.socket(fileno=int(sys.argv[1]))
    for module in sys.argv[2:]:
        import_module(module)
    threads = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    if len(threads) > 1:
        sys.exit(f"what was loaded has started threads, which no forked process would have: {threads}")
    gc.collect()
    gc.freeze()  # what is loaded is not looked through again, so that its pages stay shared
    orders.send(b"loaded")
    forked = _Forks(orders).serve()
    if forked is not None:
        _become(forked)


class _Forks:
    """The processes that were forked, each with the socket on which its end is told."""

    def __init__(self, orders: socket.socket) -> None:
        self._orders = orders
        self._replies: dict[int, socket.socket] = {}
        self._awake, wakes = socket.socketpair()
        self._sockets = (orders, self._awake, wakes)
        self._awake.setblocking(False)
        wakes.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> int | None:
        """Forks upon each order; returns None when there will be no more, and in a forked process what it is to read.

        That is a descriptor, from which _become reads.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._orders, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._awake in ready:
                    self._tell_ends()
                if self._orders in ready:
                    _, descriptors, _, _ = socket.recv_fds(self._orders, 1, 3)
                    if not descriptors:
                        return None
                    if self._fork(*descriptors):
                        return descriptors[0]

    def _fork(self, told: int, reply: int, output: int) -> bool:
        """Whether this is the forked process."""
        answer = socket.socket(fileno=reply)
        pid = os.fork()
        if pid == 0:
            self._forget_parent(answer)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(output)
            return True
        self._replies[pid] = answer
        handle = os.pidfd_open(pid)
        with suppress(OSError):  # whoever ordered it is gone
            socket.send_fds(answer, [str(pid).encode()], [handle])
        for descriptor in (told, output, handle):
            os.close(descriptor)
        return False

    def _forget_parent(self, answer: socket.socket) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (answer, *self._sockets, *self._replies.values()):
            one.close()

    def _tell_ends(self) -> None:
        with suppress(BlockingIOError):
            self._awake.recv(4096)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                with suppress(OSError), self._replies.pop(ended[0]) as answer:
                    answer.send(str(os.waitstatus_to_exitcode(ended[1])).encode())


def _become(told: int) -> None:
    """Runs what is read from the descriptor as `python -m` would, with its arguments and its environment alone."""
    with open(told) as file:
        order = json.load(file)
    with suppress(OSError):
        Path("/proc/self/comm").write_text(order["name"][-_LONGEST_NAME:])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv[1:] = order["arguments"]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
