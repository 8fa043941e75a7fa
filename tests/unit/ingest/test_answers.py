"""Whatever a reading process sends, the worker takes a true answer or refuses it by name; nothing that comes is run."""

from __future__ import annotations

import asyncio
import pickle
import struct
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from coderai.services.ingest.adapters import frames
from coderai.services.ingest.adapters.answers import PartsSoFar, check_reading
from coderai.services.ingest.adapters.frames import Frame, Kind
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.domain.chunking import Chunk
from coderai.services.ingest.domain.duplicates import Sketch
from coderai.services.ingest.domain.problems import (
    AnswerRefused,
    FileDamaged,
    ReadingTooSlow,
    Unreadable,
    unreadable,
)
from coderai.services.ingest.domain.reading import Container, Part, Reading, RecognisedPage, Report
from coderai.services.ingest.domain.scanned_words import ScannedWord, pack
from coderai.services.ingest.domain.tables import ColumnMissing
from coderai.services.ingest.domain.text import Page
from tests.unit.ingest.files import zipped
from tests.unit.ingest.test_confinement import PROGRAM

CSV = b"id,text,when\n" + b"".join(b"%d,Text number %d of many words in a table,2020\n" % (n, n) for n in range(30))
LONG = " ".join(f"Sentence {number} of a long document." for number in range(3_000)).encode()
HEAD = struct.Struct(">BQ")


def found(data: bytes, name: str) -> tuple[list[Part], Any]:
    """The parts, and what comes last."""
    *parts, last = read_file(data, name)
    return [part for part in parts if isinstance(part, Part)], last


def reading() -> Reading:
    _, last = found(LONG, "a.txt")
    assert isinstance(last, Reading)
    return last


READING = reading()
PARTS, CONTAINER = found(CSV, "a.csv")


async def received(data: bytes) -> Frame:
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    return await frames.receive(stream)


async def taken(data: bytes) -> Any:
    """What the worker makes of bytes from its child: a value that was checked."""
    frame = await received(data)
    value = frame.value
    if isinstance(value, Reading):
        check_reading(value)
    elif frame.kind is Kind.PARTS:
        PartsSoFar("a.csv").check(value)
    elif isinstance(value, Container):
        so_far = PartsSoFar("a.csv")
        so_far.check(PARTS)
        so_far.check_end(value)
    return value


SENT = {
    Kind.READING: READING,
    Kind.PARTS: PARTS,
    Kind.CONTAINER: replace(CONTAINER, report=Report("text", left_out=("Home | News",))),
    Kind.UNREADABLE: FileDamaged("the file is damaged"),
    Kind.READY: {"network": "not here"},
    Kind.ALIVE: None,
}


@pytest.mark.parametrize("kind", SENT)
async def test_true_answers_arrive_as_they_were_sent(kind: Kind) -> None:
    value = await taken(frames.pack(kind, SENT[kind]))
    if isinstance(value, Unreadable):
        assert (type(value), value.message) == (FileDamaged, "the file is damaged")
    else:
        assert value == SENT[kind]


def test_archives_of_every_kind_of_file_are_answered_truly() -> None:
    parts, container = found(zipped({"a.csv": CSV, "b.txt": b"Text.", "c.pdf": b"%PDF-1.7\nno", "d.txt": b""}), "a.zip")
    so_far = PartsSoFar("a.zip")
    for start in range(0, len(parts), 7):
        so_far.check(parts[start : start + 7])
    so_far.check_end(container)


RECOGNISED = Report("text", recognised_pages=(RecognisedPage(1, 0.5),))


def word(**change: Any) -> bytes:
    """A word that a reading may have, packed, but for a change."""
    return pack([replace(ScannedWord(0, 4, 0.1, 0.1, 0.2, 0.2, 0.9), **change)])


async def test_words_that_were_read_from_a_picture_arrive_as_they_were_sent() -> None:
    reading = replace(READING, words={1: word() + word(start=None, end=None)}, report=RECOGNISED)
    assert await taken(frames.pack(Kind.READING, reading)) == reading


def lies() -> Sequence[Reading]:
    page, chunk, length = READING.pages[0], READING.chunks[0], len(READING.text)
    changes: list[dict[str, Any]] = [
        {"format": "EXE"},
        {"format": "ZIP"},
        {"text": ""},
        {"text": "NUL \0 in it"},
        {"word_count": -1},
        {"word_count": 2**40},
        {"language": "'; DROP TABLE"},
        {"sketch": Sketch(b"short", 3)},
        {"sketch": Sketch(bytes(256), -3)},
        {"pages": ()},
        {"pages": (replace(page, number=-1),)},
        {"pages": (replace(page, end=length + 1),)},
        {"pages": (replace(page, start=-5),)},
        {"pages": (page, page)},
        {"pages": (Page(1, 0, 10), Page(2, 11, length))},
        {"chunks": ()},
        {"chunks": (chunk,)},
        {"chunks": (Chunk(0, 0, length, -1, 0),)},
        {"chunks": (Chunk(0, 0, length, 2**40, 0),)},
        {"chunks": (Chunk(1, 0, length, 1, 0),)},
        {"chunks": (Chunk(0, 0, length, 1, 7),)},
        {"chunks": (Chunk(0, 0, 10**12, 1, 0),)},
        {"chunks": READING.chunks[::-1]},
        {"metadata": {"a": float("nan")}},
        {"metadata": {"a": [{"b": float("inf")}]}},
        {"metadata": {"a\0": 1}},
        {"metadata": {"a": ["\0"]}},
        {"metadata": {"a": b"bytes"}},
        {"report": Report("text", unread_pages=(99,))},
        {"report": Report("text", warnings=("\0",))},
        {"report": Report("text", unsure_pages=(0,), recognised_pages=(RecognisedPage(0, 0.5),))},
        {"report": Report("text", unsure_pages=(1,))},
        {"report": Report("text", recognised_pages=(RecognisedPage(1, 1.5),))},
        {"report": Report("text", recognised_pages=(RecognisedPage(1, float("nan")),))},
        {"report": Report("text", left_out=("Home | \0",))},
        {"words": {1: word()}},
        {"words": {1: word() + b"x"}, "report": RECOGNISED},
        {"words": {1: word(start=-5)}, "report": RECOGNISED},
        {"words": {1: word(start=9, end=9)}, "report": RECOGNISED},
        {"words": {1: word(end=length + 1)}, "report": RECOGNISED},
        {"words": {1: word(left=0.5)}, "report": RECOGNISED},
        {"words": {1: word() * 1_000_001}, "report": RECOGNISED},
        {"report": Report("text", left_out=("",) * 500_001)},
    ]
    return [replace(READING, **change) for change in changes]


@pytest.mark.parametrize("lie", lies(), ids=map(str, range(len(lies()))))
async def test_a_reading_that_cannot_be_true_is_refused(lie: Reading) -> None:
    with pytest.raises(AnswerRefused):
        await taken(frames.pack(Kind.READING, lie))


@pytest.mark.parametrize(
    "change",
    [
        {"position": 0},
        {"position": -1},
        {"position": 7},
        {"name": ""},
        {"name": "a" * 300},
        {"name": "a\nb"},
        {"name": "a\u202eb"},
        {"size": -1},
        {"sha256": "no"},
        {"outcome": "NUL \0"},
        {"metadata": {"a": float("nan")}},
    ],
    ids=str,
)
def test_a_part_that_cannot_be_true_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(AnswerRefused):
        PartsSoFar("a.csv").check([replace(PARTS[0], **change)])


def test_a_row_that_claims_another_name_is_refused() -> None:
    so_far = PartsSoFar("a.csv")
    so_far.check([replace(PARTS[0], name="other.csv#1")])
    with pytest.raises(AnswerRefused):
        so_far.check_end(CONTAINER)


def test_more_parts_than_any_file_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coderai.services.ingest.adapters.answers.MOST_PARTS", len(PARTS) - 1)
    with pytest.raises(AnswerRefused):
        PartsSoFar("a.csv").check(PARTS)


@pytest.mark.parametrize("length", [2**63, 10 * 2**30, 300 * 2**20])
@pytest.mark.parametrize("kind", [*Kind, 0, 99, 255])
async def test_no_memory_is_taken_for_a_length_that_is_claimed(kind: int, length: int) -> None:
    tracemalloc.start()
    with pytest.raises(AnswerRefused):
        await received(HEAD.pack(kind, length) + b"x" * 100)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("item", [b"\x90", b"\x80", b"\x91\xc0", b"\xdc\0\0"], ids=bytes.hex)
@pytest.mark.parametrize("kind", [Kind.READING, Kind.PARTS])
async def test_a_few_bytes_do_not_become_much_memory(kind: Kind, item: bytes) -> None:
    count = 3 * 2**20
    swollen = b"\xa8metadata\x81\xa1x\xdd" + struct.pack(">I", count) + item * count
    value = replace(READING, metadata={}) if kind is Kind.READING else [replace(PARTS[0], metadata={})]
    body = msgspec.msgpack.encode(value).replace(b"\xa8metadata\x80", swollen)
    frame = Frame(kind, body)
    tracemalloc.start()
    with pytest.raises(AnswerRefused):
        _ = frame.value
    assert tracemalloc.get_traced_memory()[1] < 4 * len(body)
    tracemalloc.stop()


async def test_a_pickle_is_refused_and_not_run(capfd: pytest.CaptureFixture[str]) -> None:
    class Run:
        def __reduce__(self) -> tuple[Any, ...]:
            return print, ("was run",)

    for kind in SENT:
        with pytest.raises(AnswerRefused):
            await taken(HEAD.pack(kind, len(pickle.dumps(Run()))) + pickle.dumps(Run()))
    assert "was run" not in capfd.readouterr().out


async def test_half_a_character_and_endless_nesting_are_refused() -> None:
    for body in (b"\x81\xa1a\xa3\xed\xa0\x80", b"\x91" * 100_000, b"\xdd\xff\xff\xff\xff", b"\x81\xa1a" * 50_000):
        for kind in SENT:
            with pytest.raises(AnswerRefused):
                await taken(HEAD.pack(kind, len(body)) + body)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@settings(deadline=None, max_examples=300)
@given(kind=st.sampled_from(sorted(SENT)), value=values, field=st.sampled_from(Reading.__slots__))
def test_any_value_is_true_or_refused(kind: Kind, value: Any, field: str) -> None:
    plain = msgspec.to_builtins(SENT[kind]) if kind is not Kind.UNREADABLE else {"name": "FileDamaged", "message": "x"}
    changed = plain | {field: value} if isinstance(plain, dict) else value
    for sent in (value, changed):
        body = msgspec.msgpack.encode(sent)
        _must_be_taken_or_refused(HEAD.pack(kind, len(body)) + body)


@settings(deadline=None, max_examples=500)
@given(
    kind=st.sampled_from(sorted(SENT)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.floats(0, 1),
    is_cut=st.booleans(),
)
def test_a_damaged_frame_is_true_or_refused(
    kind: Kind, changes: list[tuple[float, int]], cut: float, is_cut: bool
) -> None:
    sent = bytearray(frames.pack(kind, SENT[kind]))
    for place, value in changes:
        sent[int(place * (len(sent) - 1))] = value
    _must_be_taken_or_refused(bytes(sent[: int(cut * len(sent))] if is_cut else sent))


@settings(deadline=None, max_examples=300)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_true_or_refused(data: bytes) -> None:
    _must_be_taken_or_refused(data)
    _must_be_taken_or_refused(HEAD.pack(Kind.READING, len(data)) + data)


def _must_be_taken_or_refused(data: bytes) -> None:
    try:
        asyncio.run(taken(data))
    except (AnswerRefused, asyncio.IncompleteReadError):
        return


@pytest.fixture(scope="module")
async def liars() -> AsyncIterator[Sandbox]:
    """One whose processes answer what they are told to; each serves until it is found out."""
    async with Sandbox(Limits(seconds=60), size=1, ready=0, program=PROGRAM) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
async def usual() -> AsyncIterator[Sandbox]:
    """One as a worker has it."""
    async with Sandbox(Limits(seconds=60), size=1) as sandbox:
        yield sandbox


def test_a_problem_is_of_a_class_that_a_reader_may_name() -> None:
    assert type(unreadable("ColumnMissing", "x")) is ColumnMissing
    assert type(unreadable("ReaderDied", "x")) is Unreadable
    assert type(unreadable("SystemExit", "x")) is Unreadable


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00" * 100,
        HEAD.pack(Kind.READING, 2**62),
        HEAD.pack(Kind.READING, 5) + b"\xc1" * 5,
        frames.pack(Kind.READING, replace(READING, pages=(Page(-1, 0, 1),))),
        frames.pack(Kind.READY, {}),
        frames.pack(Kind.CONTAINER, CONTAINER),
        frames.pack(Kind.PARTS, PARTS[1:]),
    ],
    ids=["garbage", "length", "no-message", "lie", "ready-again", "no-parts", "gap"],
)
async def test_a_process_that_lies_costs_its_file_and_nothing_else(sent: bytes, liars: Sandbox, usual: Sandbox) -> None:
    with pytest.raises(AnswerRefused, match="answer that cannot be true"):
        await liars.read(msgspec.json.encode(["answer", sent.hex()]), "a.csv")
    assert isinstance(await usual.read(b"text", "a.txt"), Reading)


async def test_a_process_that_gives_signs_of_life_for_ever_is_given_up() -> None:
    attack = msgspec.json.encode(["answer forever", frames.pack(Kind.ALIVE, None).hex()])
    async with Sandbox(Limits(seconds=60, whole_seconds=2), size=1, program=PROGRAM) as sandbox:
        async with asyncio.timeout(20):
            with pytest.raises(ReadingTooSlow, match="more than 2 seconds"):
                await sandbox.read(attack, "a.csv")


async def test_batches_without_parts_are_refused(liars: Sandbox) -> None:
    attack = msgspec.json.encode(["answer forever", frames.pack(Kind.PARTS, []).hex()])
    async with asyncio.timeout(60):
        with pytest.raises(AnswerRefused):
            await liars.read(attack, "a.csv")


async def test_what_a_process_complains_of_is_logged_within_bounds() -> None:
    with capture_logs() as logs:
        async with Sandbox(Limits(seconds=60), size=1, program=PROGRAM) as sandbox:
            with pytest.raises(FileDamaged):
                await sandbox.read(msgspec.json.encode(["complain", 10**7]), "a.csv")
    said = [line["bytes"] for line in logs if line["event"] == "reading_process_says"]
    assert 0 < sum(said) <= 10**6
