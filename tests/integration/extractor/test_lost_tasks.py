"""Tasks whose message was lost are done all the same, and are still known as what they were asked for."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import Gauge
from sqlalchemy import delete, select

from coderai.kit import telemetry
from coderai.kit.db import outbox
from coderai.kit.outbox import OutboxRelay
from coderai.services.extractor.adapters import metrics
from coderai.services.extractor.entrypoints import worker
from tests.integration.extractor.conftest import Extractor


async def test_tasks_whose_message_was_lost_are_queued_again(extractor: Extractor) -> None:
    extractor.world.add(3)
    extractor.db.relay = None
    job_id = await extractor.start()
    relay = OutboxRelay(extractor.db, extractor.bus)
    async with extractor.db.sweep() as connection:
        await connection.execute(delete(outbox))
        await connection.commit()
    assert await relay.sweep(timedelta(0)) == 0
    assert await worker.lost_tasks(extractor.db, extractor.open_store).sweep(timedelta(0)) >= 3
    await relay.sweep(timedelta(0))
    async with extractor.working():
        await extractor.events(job_id)
    assert (await extractor.job(job_id)).documents_processed == 3


async def test_work_that_is_sent_again_keeps_the_correlation_id_under_which_it_was_asked_for(
    extractor: Extractor,
) -> None:
    extractor.world.add(2)
    extractor.db.relay = None
    job_id = await extractor.start()
    async with extractor.db.sweep() as connection:
        await connection.execute(delete(outbox))
        await connection.commit()
    await worker.lost_tasks(extractor.db, extractor.open_store).sweep(timedelta(0))
    async with extractor.db.sweep() as connection:
        own = outbox.c.workspace_id == extractor.who.workspace_id
        sent = await connection.execute(select(outbox.c.subject, outbox.c.correlation_id).where(own))
        assert set(sent) == {("work.extractor.extract.first", extractor.who.correlation_id)}
    await OutboxRelay(extractor.db, extractor.bus).sweep(timedelta(0))
    async with extractor.working():
        log = await extractor.events(job_id, after=0)
    assert {update.event.correlation_id for update in log} == {extractor.who.correlation_id}


async def test_what_waits_is_measured_by_lane_while_no_worker_runs(extractor: Extractor) -> None:
    def queue(gauge: Gauge, lane: str) -> float:
        return float(gauge.labels("extractor__extract_document", lane)._value.get())

    def left(status: str) -> tuple[float, float]:
        return metrics.JOBS.labels(status)._value.get(), metrics.DOCUMENTS_LEFT.labels(status)._value.get()

    waiting = worker.lost_tasks(extractor.db, extractor.open_store)
    await waiting.measure()
    await metrics.measure_jobs(extractor.db)
    before, (jobs, documents) = queue(telemetry.QUEUE_LENGTH, "first"), left("PENDING")
    extractor.world.add(3)
    await extractor.start()
    await waiting.measure()
    await metrics.measure_jobs(extractor.db)
    assert queue(telemetry.QUEUE_LENGTH, "first") == before + 3
    assert queue(telemetry.QUEUE_OLDEST, "first") > 0
    assert left("PENDING") == (jobs + 1, documents + 3)
