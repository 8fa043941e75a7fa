"""What becomes of exports: they tell how far they are, are cancelled and deleted, expire, and leave no files behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from coderai.export.v1 import export_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import Conflict, InvalidInput, LimitReached, NotFound, Unavailable
from coderai.services.export.adapters.files import ExportFiles
from coderai.services.export.adapters.formats import FORMATS, Format
from coderai.services.export.adapters.store import ExportsStore
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import MOST_PENDING
from coderai.services.export.domain.problems import TooLargeForSheet
from coderai.services.export.domain.stages import Stopped
from coderai.services.export.entrypoints.expiry import Expiry
from tests.integration.export.conftest import Exports, Peer, person

pytestmark = pytest.mark.usefixtures("signed_in")

LARGE = bytes(range(256)) * 2**16
"""16 MiB: more than gRPC and the blob store read ahead."""


@pytest.fixture
def coded(peer: Peer) -> Peer:
    """An extractor with a finished job of ten documents."""
    peer.add_job()
    for number in range(10):
        peer.add_document(f"{number}.txt", place="Łódź", injured=number)
    return peer


@dataclass
class Held:
    """Writes a file as a format does: the rows, one by one; it waits after so many of them."""

    after: int
    for_ever: bool = False
    """It begins the rows anew until it is stopped."""
    waits: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)
    ended_by: list[BaseException] = field(default_factory=list)

    def write(self, dataset: Dataset, path: Path) -> None:
        try:
            with path.open("w") as file:
                while True:
                    for number, row in enumerate(dataset.rows()):
                        file.write(f"{row}\n")
                        if number == self.after:
                            self.waits.set()
                            assert self.goes_on.wait(30)
                    if not self.for_ever:
                        return
        except BaseException as error:
            self.ended_by.append(error)
            raise

    async def is_waiting(self) -> None:
        assert await asyncio.to_thread(self.waits.wait, 30)


@pytest.fixture
def written_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Has CSV files written in another way."""

    def use(write: Callable[[Dataset, Path], None], **fields: object) -> None:
        monkeypatch.setitem(FORMATS, "CSV", Format(write, **fields))  # type: ignore[arg-type]

    return use


def write_large(_: Dataset, path: Path) -> None:
    path.write_bytes(LARGE)


def expiry(exports: Exports) -> Expiry:
    files = ExportFiles(exports.blobs, str(exports.blob_folder.parent))
    return Expiry(exports.db, partial(exports.db.session, kind=ExportsStore), files)


def left_over(exports: Exports, export: pb.Export) -> Path:
    """A file as a worker leaves it that was killed in the middle."""
    path = exports.blob_folder / "exports" / export.project_id / export.id / "another-attempt" / "csv"
    path.parent.mkdir(parents=True)
    path.write_text("half of it")
    return path


async def test_an_export_tells_how_far_it_is(exports: Exports, coded: Peer, written_by: Callable[..., None]) -> None:
    held = Held(after=7)
    written_by(held.write)
    made = await exports.create(coded)
    assert made.progress == 0
    async with exports.working():
        await held.is_waiting()
        # Reading and counting are done, and most rows are written.
        now = await exports.until(made.id, lambda export: export.progress > 75)
        assert (now.status, now.finished_at, now.progress < 95) == (pb.EXPORT_STATUS_PENDING, "", True)
        held.goes_on.set()
        done = await exports.settled(made.id)
    assert (done.status, done.progress) == (pb.EXPORT_STATUS_COMPLETE, 100)


async def test_a_second_attempt_takes_nothing_of_the_progress_back(
    exports: Exports, coded: Peer, written_by: Callable[..., None]
) -> None:
    held = Held(after=7)

    def away_once(dataset: Dataset, path: Path) -> None:
        was_held = held.goes_on.is_set()
        held.write(dataset, path)
        if not was_held:
            raise Unavailable()

    async def noted_at() -> datetime:
        async with exports.db.sweep() as connection:
            found = await connection.execute(text("select sent_at from exports where id = :id"), {"id": made.id})
            return found.scalar_one()  # type: ignore[no-any-return]

    written_by(away_once)
    made = await exports.create(coded)
    async with exports.working():
        await held.is_waiting()
        before = await exports.until(made.id, lambda export: export.progress > 75)
        coded.started.clear()
        coded.hold = asyncio.Event()
        held.goes_on.set()
        await asyncio.wait_for(coded.started.wait(), 20)
        last = await noted_at()
        async with asyncio.timeout(20):
            while await noted_at() == last:  # noqa: ASYNC110 - the worker tells nobody
                await asyncio.sleep(0.05)
        assert (await exports.get(made.id)).progress >= before.progress
        coded.hold.set()
        assert (await exports.settled(made.id)).status == pb.EXPORT_STATUS_COMPLETE


async def test_a_waiting_export_is_cancelled_and_never_read(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded)
    cancelled = await exports.cancel(made.id)
    assert cancelled.status == pb.EXPORT_STATUS_CANCELLED and cancelled.finished_at
    assert await exports.cancel(made.id) == cancelled
    with pytest.raises(Conflict) as refused:
        await exports.download(made.id)
    assert refused.value.code == "export_cancelled"
    async with exports.working():
        await exports.settled((await exports.create(coded)).id)
    assert coded.streamed == 1
    assert await exports.get(made.id) == cancelled


async def test_a_worker_stops_reading_for_an_export_that_is_cancelled(exports: Exports, coded: Peer) -> None:
    coded.hold = asyncio.Event()
    made = await exports.create(coded)
    async with exports.working():
        await asyncio.wait_for(coded.started.wait(), 20)
        assert (await exports.cancel(made.id)).status == pb.EXPORT_STATUS_CANCELLED
        coded.hold = None
        following = await exports.settled((await exports.create(coded)).id)
    assert following.status == pb.EXPORT_STATUS_COMPLETE, "the worker is free, although the first stream still hangs"
    assert (await exports.get(made.id)).status == pb.EXPORT_STATUS_CANCELLED


@pytest.mark.parametrize("how", ["cancel", "delete"])
async def test_a_worker_stops_writing_for_an_export_that_is_not_wanted(
    exports: Exports, coded: Peer, written_by: Callable[..., None], how: str
) -> None:
    held = Held(after=3, for_ever=True)
    written_by(held.write)
    made = await exports.create(coded)
    async with exports.working():
        await held.is_waiting()
        await getattr(exports, how)(made.id)
        held.goes_on.set()
        following = await exports.settled((await exports.create(coded, format="JSON")).id)
    assert following.status == pb.EXPORT_STATUS_COMPLETE
    assert [type(error) for error in held.ended_by] == [Stopped]
    assert len(exports.files()) == len(following.files)
    assert list(exports.blob_folder.parent.glob("coderai-export-*")) == [], "nothing is left in the work folder"


async def test_a_worker_that_is_told_to_stop_leaves_no_thread_behind(
    exports: Exports, coded: Peer, written_by: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coderai.kit.bus.FINISH_WITHIN", timedelta(0))
    held = Held(after=3, for_ever=True)
    written_by(held.write)
    made = await exports.create(coded)
    async with exports.working():
        await held.is_waiting()
        held.goes_on.set()
    assert [type(error) for error in held.ended_by] == [Stopped]
    monkeypatch.undo()
    async with exports.working():
        assert (await exports.settled(made.id)).status == pb.EXPORT_STATUS_COMPLETE


async def test_cancelling_and_deleting_at_once_is_done_once(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded)
    found = await asyncio.gather(*(exports.cancel(made.id) for _ in range(5)))
    assert {export.status for export in found} == {pb.EXPORT_STATUS_CANCELLED}
    assert len({export.finished_at for export in found}) == 1
    deleted = await asyncio.gather(*(exports.delete(made.id) for _ in range(5)), return_exceptions=True)
    assert None in deleted
    assert all(one is None or isinstance(one, NotFound) for one in deleted)


async def test_what_has_ended_is_not_cancelled(exports: Exports, coded: Peer) -> None:
    failing = await exports.create(coded, job_id=coded.add_job().id)
    del coded.jobs[0]
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)
        failed = await exports.settled(failing.id)
    assert failed.status == pb.EXPORT_STATUS_FAILED
    for export in (done, failed):
        assert await exports.cancel(export.id) == export
    assert (await exports.download(done.id))[1]


async def test_a_deleted_export_is_gone_with_its_files(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)
        kept = await exports.settled((await exports.create(coded)).id)
    await exports.delete(done.id)
    assert len(exports.files()) == len(kept.files)
    for ask in (exports.get, exports.download, exports.cancel, exports.delete):
        with pytest.raises(NotFound):
            await ask(done.id)
    assert [export.id for export in await exports.listed(coded)] == [kept.id]


async def test_another_workspace_cancels_and_deletes_nothing(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded)
    with identity.acting_as(person()):
        for ask in (exports.cancel(made.id), exports.delete(made.id)):
            with pytest.raises(NotFound):
                await ask
    assert (await exports.get(made.id)).status == pb.EXPORT_STATUS_PENDING


async def test_a_download_ends_with_the_right_bytes_or_an_error_when_its_export_is_deleted(
    exports: Exports, coded: Peer, written_by: Callable[..., None]
) -> None:
    written_by(write_large)
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)
    parts = aiter(exports.stub.DownloadExport(pb.DownloadExportRequest(export_id=done.id)))
    assert (await anext(parts)).head.size == len(LARGE)
    received = (await anext(parts)).data
    await exports.delete(done.id)
    assert exports.files() == []
    try:
        async for part in parts:
            received += part.data
    except NotFound:
        assert LARGE.startswith(received)
    else:
        assert received == LARGE


async def test_a_file_that_is_gone_is_told_before_anything_of_it_is_sent(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)
    await exports.blobs.delete_folder("exports")
    parts = aiter(exports.stub.DownloadExport(pb.DownloadExportRequest(export_id=done.id)))
    with pytest.raises(NotFound, match="gone"):
        await anext(parts)


async def test_a_slow_reader_holds_no_transaction(
    exports: Exports, coded: Peer, written_by: Callable[..., None]
) -> None:
    written_by(write_large)
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)
    parts = aiter(exports.stub.DownloadExport(pb.DownloadExportRequest(export_id=done.id)))
    for _ in range(2):
        await anext(parts)
    wanted = "select count(*) from pg_stat_activity where usename = 'coderai_export' and state like 'idle in trans%'"
    async with exports.db.session(identity.current().workspace_id, ExportsStore) as store:
        # Its own is active as it asks.
        assert (await store.execute(text(wanted))).scalar_one() == 0
    received = b"".join([part.data async for part in parts])
    assert LARGE.endswith(received)


async def test_a_part_of_a_file_is_sent(exports: Exports, coded: Peer, written_by: Callable[..., None]) -> None:
    written_by(write_large)
    async with exports.working():
        done = await exports.settled((await exports.create(coded)).id)

    async def part(**fields: Any) -> tuple[pb.ExportFile, bytes]:
        found = exports.stub.DownloadExport(pb.DownloadExportRequest(export_id=done.id, **fields))
        head, *data = [part async for part in found]
        return head.head, b"".join(part.data for part in data)

    head = done.files[0]
    assert (head.size, head.sha256) == (len(LARGE), sha256(LARGE).hexdigest())
    middle = 5 * 2**20 + 3
    assert await part(offset=middle, length=2**20) == (head, LARGE[middle : middle + 2**20])
    assert await part(offset=middle) == (head, LARGE[middle:])
    assert await part(offset=len(LARGE) - 1, length=99) == (head, LARGE[-1:])
    assert await part(length=10) == (head, LARGE[:10])
    assert await part(offset=middle, head_only=True) == (head, b"")
    for offset, length in ((len(LARGE), 0), (2**62, 1), (-1, 0), (0, -1)):
        with pytest.raises(InvalidInput):
            await part(offset=offset, length=length)


async def test_an_export_whose_time_is_over_loses_its_files(exports: Exports, coded: Peer) -> None:
    async with exports.working(keep=timedelta(microseconds=1)):
        over = await exports.settled((await exports.create(coded)).id)
    async with exports.working(keep=timedelta(days=30)):
        later = await exports.settled((await exports.create(coded)).id)
    async with exports.working():
        for_good = await exports.settled((await exports.create(coded)).id)
    lasts = datetime.fromisoformat(later.expires_at) - datetime.fromisoformat(later.finished_at)
    assert (lasts, for_good.expires_at) == (timedelta(days=30), "")
    assert await expiry(exports).sweep() >= 1
    expired = await exports.get(over.id)
    assert (expired.status, expired.expires_at) == (pb.EXPORT_STATUS_EXPIRED, over.expires_at)
    with pytest.raises(Conflict) as refused:
        await exports.download(over.id)
    assert refused.value.code == "export_expired"
    assert len(exports.files()) == len(later.files) + len(for_good.files)
    for kept in (later, for_good):
        assert await exports.get(kept.id) == kept
        assert (await exports.download(kept.id))[1]


async def test_what_ended_exports_have_left_is_swept_once(
    exports: Exports, coded: Peer, written_by: Callable[..., None]
) -> None:
    def too_large(*_: object) -> None:
        raise TooLargeForSheet()

    written_by(write_large, beside={"codebook.md": too_large})
    async with exports.working():
        failed = await exports.settled((await exports.create(coded)).id)
        assert failed.status == pb.EXPORT_STATUS_FAILED
        assert exports.files() == [], "what was stored before the file that failed is gone"
    pending = await exports.create(coded)
    cancelled = await exports.cancel((await exports.create(coded)).id)
    paths = {export.id: left_over(exports, export) for export in (pending, cancelled)}
    await expiry(exports).sweep()
    assert [paths[one.id].exists() for one in (pending, cancelled)] == [True, False]
    async with exports.db.sweep() as connection:
        left = text("select count(*) from exports where may_have_files and status = 'CANCELLED'")
        assert (await connection.execute(left)).scalar_one() == 0


async def test_a_finished_export_has_no_files_of_attempts_that_were_killed(exports: Exports, coded: Peer) -> None:
    made = await exports.create(coded)
    path = left_over(exports, made)
    async with exports.working():
        done = await exports.settled(made.id)
    # Leaving the block let the worker finish the message in hand.
    assert not path.exists()
    assert len(exports.files()) == len(done.files)


async def test_the_sweeper_sees_nothing_of_exports_but_when_they_end(exports: Exports) -> None:
    for column in ("file_name", "project_id", "options", "files", "notes", "error"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with exports.db.sweep() as connection:
                await connection.execute(text(f"select {column} from exports"))
    for change in ("update exports set status = 'EXPIRED'", "delete from exports"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with exports.db.sweep() as connection:
                await connection.execute(text(change))


async def test_a_workspace_has_only_so_many_exports_waiting(exports: Exports, coded: Peer) -> None:
    asked = await asyncio.gather(*(exports.create(coded) for _ in range(MOST_PENDING + 5)), return_exceptions=True)
    refused = [one for one in asked if not isinstance(one, pb.Export)]
    assert [type(one) for one in refused] == [LimitReached] * 5
    assert {one.code for one in refused if isinstance(one, LimitReached)} == {"too_many_exports"}
    with identity.acting_as(person()):
        assert (await exports.create(coded)).id, "others are not kept waiting"
    waiting = next(one for one in asked if isinstance(one, pb.Export))
    await exports.cancel(waiting.id)
    assert (await exports.create(coded)).id
