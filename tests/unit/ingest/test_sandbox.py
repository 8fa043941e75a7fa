"""Whatever a file does to its reader, the worker gets an answer and can read the next file."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import psutil
import pytest

from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.domain.document import Manner
from coderai.services.ingest.domain.problems import FileDamaged, ReaderDied, ReadingTooBig, ReadingTooSlow
from coderai.services.ingest.domain.reading import Reading

HEAVY = b"word " * 10_000_000
READING_BYTES = 300 * 2**20
"""A process that has as much memory as this is reading HEAVY."""


@pytest.fixture(autouse=True)
def others() -> Iterator[None]:
    """Sets aside the reading processes that other tests' sandboxes have at work beside this one."""
    _others.clear()
    _others.update(process.pid for process in reading_processes())
    yield


_others: set[int] = set()


def reading_processes() -> list[psutil.Process]:
    """Those of the test's own sandbox."""
    children = [process for process in psutil.Process().children() if process.pid not in _others]
    return [p for p in children if "coderai.services.ingest.adapters.reading_process" in p.cmdline()]


async def text_of(sandbox: Sandbox, data: bytes) -> str:
    reading = await sandbox.read(data, "a.txt")
    assert isinstance(reading, Reading)
    return reading.text


@pytest.fixture
async def sandbox(others: None) -> AsyncIterator[Sandbox]:
    async with Sandbox(Limits(seconds=60), size=1) as sandbox:
        yield sandbox


async def test_files_are_read_one_after_another_by_the_same_process(sandbox: Sandbox) -> None:
    pids = set()
    for number in range(3):
        assert await text_of(sandbox, f"Text {number}".encode()) == f"Text {number}"
        pids |= {process.pid for process in reading_processes()}
    assert len(pids) == 1


async def test_the_manner_in_which_a_file_is_to_be_read_reaches_its_reader() -> None:
    async with Sandbox(Limits(), size=1, program="tests.unit.ingest.telling_reader") as sandbox:
        for manner in (Manner(), Manner("story", whole=True)):
            with pytest.raises(FileDamaged) as told:
                await sandbox.read(b"x", "a.csv", manner)
            assert json.loads(told.value.message) == ["a.csv", manner.text_column, manner.whole]


async def test_a_reason_comes_back_with_its_message(sandbox: Sandbox) -> None:
    with pytest.raises(FileDamaged, match="the PDF is damaged"):
        await sandbox.read(b"%PDF-1.7\nnothing", "a.pdf")
    assert await text_of(sandbox, b"next") == "next"


async def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_read() -> None:
    async with Sandbox(Limits(seconds=1), size=1) as sandbox:
        with pytest.raises(ReadingTooSlow, match="more than 1 seconds"):
            await sandbox.read(HEAVY, "a.txt")
        assert await text_of(sandbox, b"next") == "next"


async def test_a_file_that_needs_too_much_memory_is_given_up_and_the_next_one_read() -> None:
    async with Sandbox(Limits(memory=768 * 2**20), size=1) as sandbox:
        with pytest.raises(ReadingTooBig):
            await sandbox.read(HEAVY, "a.txt")
        assert await text_of(sandbox, b"next") == "next"


async def test_a_reader_that_dies_twice_is_given_up_and_the_next_file_read(sandbox: Sandbox) -> None:
    reading = asyncio.ensure_future(sandbox.read(HEAVY, "a.txt"))
    killed: set[int] = set()
    while not reading.done():
        with suppress(psutil.NoSuchProcess):
            for process in reading_processes():
                if process.memory_info().rss > READING_BYTES:
                    process.kill()
                    killed.add(process.pid)
        await asyncio.sleep(0.02)
    with pytest.raises(ReaderDied):
        await reading
    assert len(killed) == 2
    assert await text_of(sandbox, b"next") == "next"


async def test_a_cancelled_reading_ends_its_process(sandbox: Sandbox) -> None:
    (process,) = reading_processes()
    reading = asyncio.ensure_future(sandbox.read(HEAVY, "a.txt"))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not process.is_running()
    assert await text_of(sandbox, b"next") == "next"


async def test_several_files_are_read_at_a_time() -> None:
    async with Sandbox(Limits(), size=2) as sandbox:
        texts = await asyncio.gather(*(text_of(sandbox, f"Text {n}".encode()) for n in range(20)))
        assert texts == [f"Text {n}" for n in range(20)]
        assert len(reading_processes()) == 2
    assert not reading_processes()


async def test_a_process_that_waits_long_ends_and_the_next_file_is_read_all_the_same() -> None:
    async with Sandbox(Limits(), size=2, waits=0.1) as sandbox:
        assert await text_of(sandbox, b"first") == "first"
        async with asyncio.timeout(20):
            while True:
                if not reading_processes():
                    break
                await asyncio.sleep(0.02)
        assert await text_of(sandbox, b"next") == "next"
