"""A stack stays while other commands use it, and ends when the last of them has."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from coderai.deploy.guests import Guest, without_guests
from coderai.deploy.stack import LocalStack
from tests.integration.deploy.test_local_stack import stack_in


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with stack_in(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


def nobody_waits() -> None:
    raise AssertionError("there are guests")


def test_a_stack_that_runs_is_joined_and_one_that_does_not_is_not(running: LocalStack, tmp_path: Path) -> None:
    guest = Guest.of(running.data_dir)
    assert guest is not None and guest.url == running.url
    guest.leave()
    assert Guest.of(tmp_path) is None
    assert Guest.of(tmp_path / "nowhere") is None


def test_who_stops_it_waits_for_the_last_guest(running: LocalStack) -> None:
    first, second = Guest.of(running.data_dir), Guest.of(running.data_dir)
    assert first is not None and second is not None
    waits, stopped = threading.Event(), threading.Event()

    def stop() -> None:
        with without_guests(running.data_dir, waits.set):
            stopped.set()

    thread = threading.Thread(target=stop)
    thread.start()
    assert waits.wait(30)
    first.leave()
    assert not stopped.is_set()
    second.leave()
    thread.join(30)
    assert stopped.is_set()


def test_nobody_is_let_in_while_it_is_stopped(running: LocalStack) -> None:
    with without_guests(running.data_dir, nobody_waits):
        assert Guest.of(running.data_dir) is None
    guest = Guest.of(running.data_dir)
    assert guest is not None
    guest.leave()


def test_what_a_killed_stack_wrote_is_not_believed(running: LocalStack, tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(f'{{"http": "{running.url}", "processes": {{"gateway": 99999999}}}}')
    assert Guest.of(tmp_path) is None
