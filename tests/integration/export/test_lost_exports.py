"""An export whose message was lost is written all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from coderai.export.v1 import export_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.ids import new_id
from coderai.services.export.adapters.store import ExportsStore
from coderai.services.export.domain.export import Export
from coderai.services.export.entrypoints.worker import lost_exports
from tests.integration.export.conftest import Exports, Peer


async def test_an_export_whose_message_was_lost_is_sent_again(
    exports: Exports, peer: Peer, signed_in: identity.Identity
) -> None:
    job = peer.add_job()
    peer.add_document("a.txt", place="Łódź")
    export = Export.define(new_id(), peer.project_id, UUID(job.id), {"format": "CSV"})
    async with exports.db.session(signed_in.workspace_id, ExportsStore) as store:
        await store.add_export(export)
        await store.commit()

    lost = lost_exports(exports.db, partial(exports.db.session, kind=ExportsStore))
    assert await lost.sweep(timedelta(minutes=5)) == 0
    asked_under = dict[UUID, str]()

    async def note(_: UUID, export_id: UUID) -> None:
        asked_under[export_id] = identity.current().correlation_id

    await replace(lost, send_again=note).sweep(timedelta(0))
    assert asked_under[export.id] == signed_in.correlation_id
    async with exports.working():
        assert await lost.sweep(timedelta(0)) >= 1
        done = await exports.settled(str(export.id))
    assert (done.status, done.row_count) == (pb.EXPORT_STATUS_COMPLETE, 1)
    assert await lost.sweep(timedelta(0)) == 0
