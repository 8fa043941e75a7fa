"""Says how ingest reads files, without a running stack: python -m coderai.services.ingest report FOLDER_OR_FILE ...

With --expected only files beside which NAME.md holds the text expected of them, and how the words of both agree.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean

from coderai.language.words import words
from coderai.services.ingest import bootstrap
from coderai.services.ingest.adapters.sandbox import Expansion, Sandbox
from coderai.services.ingest.domain.problems import Unreadable
from coderai.services.ingest.domain.reading import Reading, Report
from coderai.services.ingest.fidelity import Fidelity, fidelity, words_expected, words_read
from coderai.services.ingest.settings import ReadingSettings

EXPECTED = "--expected"
_SHOWN = 12
"""Words lost or added that a line names."""


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each file, and below it what was dropped and what to be warned of; in the end the sums."""
    paths = [Path(argument) for argument in arguments if argument != EXPECTED]
    if not paths:
        sys.exit(f"usage: python -m coderai.services.ingest report [{EXPECTED}] FOLDER_OR_FILE ...")
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        sys.exit(f"there is no {', '.join(missing)}")
    files = [file for path in paths for file in _files(path)]
    if EXPECTED in arguments:
        asyncio.run(_compare([file for file in files if _expected(file).exists()]))
    else:
        asyncio.run(_report(files))


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.is_file())
    else:
        yield path


def _expected(file: Path) -> Path:
    return file.with_name(f"{file.name}.md")


async def _report(files: Sequence[Path]) -> None:
    failed = 0
    limits = await bootstrap.reading_limits(ReadingSettings.from_env(bootstrap.SERVICE))
    async with Sandbox(limits, size=1) as sandbox:
        for file in files:
            started = time.perf_counter()
            try:
                lines = _described(await sandbox.read(await asyncio.to_thread(file.read_bytes), file.name))
            except Unreadable as reason:
                failed += 1
                lines = [f"FAILED   {reason.message}"]
            head = f"{(time.perf_counter() - started) * 1000:7.0f} ms  {file}"
            _print(head, *(f"            {line}" for line in lines))
    _print(f"{len(files) - failed} of {len(files)} files READY, {failed} FAILED")


async def _compare(files: Sequence[Path]) -> None:
    """Prints recall and precision of each file's words, and their means."""
    found: list[Fidelity] = []
    limits = await bootstrap.reading_limits(ReadingSettings.from_env(bootstrap.SERVICE))
    async with Sandbox(limits, size=1) as sandbox:
        for file in files:
            data, expected = (
                await asyncio.to_thread(file.read_bytes),
                await asyncio.to_thread(_expected(file).read_text),
            )
            try:
                read, failure = _words(await sandbox.read(data, file.name)), ""
            except Unreadable as reason:
                read, failure = [], f"  FAILED {reason.message}"
            found.append(fidelity(read, words_expected(expected)))
            _print(_compared(file.name, found[-1]) + failure)
    if found:
        recall, precision = fmean(f.recall for f in found), fmean(f.precision for f in found)
        _print(f"{recall:.3f} {precision:.3f}  mean recall and precision of {len(found)} files")


def _compared(name: str, found: Fidelity) -> str:
    lost = f"  lost {' '.join(found.lost[:_SHOWN])}" * bool(found.lost)
    added = f"  added {' '.join(found.added[:_SHOWN])}" * bool(found.added)
    return f"{found.recall:.3f} {found.precision:.3f}  {name}{lost}{added}"


def _words(outcome: Reading | Expansion) -> list[str]:
    if isinstance(outcome, Reading):
        return words_read([outcome])
    parts = [part for batch in outcome.batches() for part in batch]
    outcome.close()
    return [*words(outcome.container.text_column), *words_read(parts)]


def _described(outcome: Reading | Expansion) -> list[str]:
    if isinstance(outcome, Reading):
        sizes = f"{len(outcome.pages)} pages, {outcome.word_count} words, {len(outcome.chunks)} chunks"
        what = f"{outcome.format:8} {sizes}, language {outcome.language or 'unknown'}"
        return [what, *_remarks(outcome.report)]
    parts = [part for batch in outcome.batches() for part in batch]
    outcome.close()
    unread = [f"{part.name}: {part.outcome}" for part in parts if isinstance(part.outcome, str)]
    what = f"{outcome.container.format:8} {len(parts)} documents, {len(unread)} of them FAILED"
    return [what, *_remarks(outcome.container.report), *unread]


def _remarks(report: Report) -> list[str]:
    read_by = f"read by {report.reader}" + (f", encoding {report.encoding}" if report.encoding else "")
    return [read_by, *(f"dropped: {line}" for line in report.dropped), *(f"warning: {w}" for w in report.warnings)]


def _print(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
