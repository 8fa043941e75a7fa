"""Every file of the shared corpora is read, or refused with a reason, in the sandbox that the worker uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.sandbox import Expansion, Sandbox
from coderai.services.ingest.domain.problems import ReaderDied, ReaderFailed, ReadingTooSlow, Unreadable

CORPORA = (Path(__file__).parents[3] / "../shared/corpora").resolve()
FILES = sorted(path for path in CORPORA.rglob("*") if path.is_file())
FOLDERS = sorted({path.parent.relative_to(CORPORA).as_posix() for path in FILES})

pytestmark = pytest.mark.skipif(not FILES, reason="the shared corpora are not there")


@pytest.fixture(scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(Limits(), size=1) as sandbox:
        yield sandbox


async def outcome(sandbox: Sandbox, path: Path) -> str:
    """OK, or the reason."""
    data = await asyncio.to_thread(path.read_bytes)
    try:
        answer = await sandbox.read(data, path.name)
    except Unreadable as reason:
        assert not isinstance(reason, ReaderDied | ReaderFailed | ReadingTooSlow), path.name
        return reason.message
    if isinstance(answer, Expansion):
        assert sum(len(batch) for batch in answer.batches())
        answer.close()
    else:
        assert answer.text
        assert answer.chunks
    return "OK"


@pytest.mark.parametrize("folder", FOLDERS)
async def test_every_file_is_read_or_refused_with_a_reason(sandbox: Sandbox, folder: str) -> None:
    for path in FILES:
        if path.parent == CORPORA / folder:
            reason = await outcome(sandbox, path)
            assert reason == "OK" or len(reason) > 20


async def test_json_that_is_none_is_refused(sandbox: Sandbox) -> None:
    for path in (CORPORA / "json").glob("n_*.json"):
        assert await outcome(sandbox, path) != "OK", path.name


async def test_hostile_files_are_refused_for_what_they_are(sandbox: Sandbox) -> None:
    reasons = {
        "billion_laughs.docx": "XML is damaged",
        "deep.json": "nests too deep",
        "deep_nest.docx": "XML is damaged",
        "empty.pdf": "empty",
        "renamed_exe.pdf": "program",
        "truncated_half.pdf": "damaged",
        "xxe_file.docx": "entities",
        "xxe_http.docx": "entities",
        "zip_bomb_1GB.docx": "bomb",
    }
    for name, reason in reasons.items():
        assert reason in await outcome(sandbox, CORPORA / "hostile" / name), name
