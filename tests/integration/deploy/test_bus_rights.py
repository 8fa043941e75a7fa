"""Each service sends its own facts and takes its own work; NATS itself refuses it everything else."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import nats as nats_client
import pytest
from nats.aio.client import Client

from coderai.deploy.bus_rights import CONSUMERS, permissions
from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.embedded.nats import binary
from coderai.kit.bus import EVENTS, Bus, Envelope, Subscription
from coderai.services.copilot.entrypoints import consumer as copilot_consumer
from coderai.services.export.entrypoints import consumer as export_consumer
from coderai.services.export.entrypoints import worker as export_worker
from coderai.services.extractor.entrypoints import consumer as extractor_consumer
from coderai.services.extractor.entrypoints import worker as extractor_worker
from coderai.services.ingest.entrypoints import consumer as ingest_consumer
from coderai.services.ingest.entrypoints import worker as ingest_worker
from coderai.services.projects.entrypoints import consumer as projects_consumer
from tests.support.deployments import COMPOSE

FACT = "event.projects.project_deleted"
HEADERS = {"Nats-Msg-Id": str(uuid4()), "Coderai-Workspace": str(uuid4()), "Coderai-Correlation": "forged"}
NOTHING = cast(Any, None)
SUBSCRIPTIONS: Mapping[str, list[Subscription]] = {
    "projects": [projects_consumer.job_changed(NOTHING)],
    "ingest": [
        ingest_worker.parse_document(NOTHING, NOTHING, NOTHING, NOTHING, 1),
        ingest_consumer.project_deleted(NOTHING, NOTHING),
    ],
    "extractor": [
        extractor_worker.extract_document(NOTHING, 1),
        extractor_consumer.project_deleted(NOTHING),
        extractor_consumer.codebook_changed(NOTHING),
        extractor_consumer.documents_deleted(NOTHING),
        extractor_consumer.documents_reread(NOTHING, NOTHING),
    ],
    "copilot": [copilot_consumer.project_deleted(NOTHING)],
    "export": [
        export_worker.write_export(NOTHING, NOTHING, NOTHING),
        export_consumer.project_deleted(NOTHING, NOTHING),
    ],
}


@asynccontextmanager
async def logged_in(nats: EmbeddedNats, user: str) -> AsyncIterator[tuple[Client, asyncio.Queue[str]]]:
    """A connection as a service's user, and what the server refuses it."""
    errors: asyncio.Queue[str] = asyncio.Queue()

    async def note(error: Exception) -> None:
        errors.put_nowait(str(error).lower())

    client = await nats_client.connect(nats.url_of(user), inbox_prefix=f"_INBOX.{user}", error_cb=note)
    try:
        yield client, errors
    finally:
        await client.close()


async def refusal(errors: asyncio.Queue[str]) -> str:
    return await asyncio.wait_for(errors.get(), 20)


@pytest.fixture
async def streams(nats: EmbeddedNats) -> AsyncIterator[Bus]:
    bus = await Bus.connect(nats.url, "tests")
    yield bus
    await bus.close()


def test_the_rights_name_the_consumers_that_the_services_have() -> None:
    for service, subscriptions in SUBSCRIPTIONS.items():
        has = {(one.name, one.stream, one.subject) for one in subscriptions if not one.lanes}
        has |= {(f"{s.name}_{lane}", s.stream, f"{s.subject}.{lane}") for s in subscriptions for lane in s.lanes}
        assert has == {(one.name, one.stream, one.subject) for one in CONSUMERS[service]}
    assert SUBSCRIPTIONS.keys() == CONSUMERS.keys()


@pytest.mark.parametrize("service", CONSUMERS)
async def test_a_service_sends_its_facts_and_consumes_what_is_for_it(
    nats: EmbeddedNats, streams: Bus, service: str
) -> None:
    bus = await Bus.connect(nats.url_of(service), service)
    try:
        await bus.publish(Envelope(uuid4(), f"event.{service}.tried", b"", uuid4(), "c"))
        for one in SUBSCRIPTIONS[service]:
            handled = asyncio.Event()

            async def handle(_: Envelope, handled: asyncio.Event = handled) -> None:
                handled.set()

            consuming = asyncio.create_task(
                bus.consume(Subscription(one.name, one.stream, one.subject, handle, lanes=one.lanes))
            )
            try:
                for lane in one.lanes or ("",):
                    subject = f"{one.subject}.{lane}" if lane else one.subject
                    await streams.publish(Envelope(uuid4(), subject, b"", uuid4(), "c"))
                    async with asyncio.timeout(20):
                        await handled.wait()
                    handled.clear()
            finally:
                consuming.cancel()
                await asyncio.wait([consuming])
    finally:
        await bus.close()


@pytest.mark.parametrize("service", sorted(CONSUMERS.keys() - {"projects"}))
async def test_a_fact_of_another_service_is_refused(nats: EmbeddedNats, streams: Bus, service: str) -> None:
    before = await _stored(nats, FACT)
    async with logged_in(nats, service) as (client, errors):
        await client.publish(FACT, b"forged", headers=HEADERS)
        assert FACT in await refusal(errors)
    assert await _stored(nats, FACT) == before


async def test_no_detour_over_the_servers_answers_stores_a_fact_that_would_be_handled(
    nats: EmbeddedNats, streams: Bus
) -> None:
    """The server answers wherever a client asks it to, and pushes where a consumer says: not what the client wrote."""
    work = "work.extractor.extract.first"
    name = "extractor__extract_document_first"
    async with logged_in(nats, "extractor") as (client, _):
        creating = f"$JS.API.CONSUMER.CREATE.WORK.{name}.{work}"
        config = {"name": name, "durable_name": name, "filter_subject": work, "ack_policy": "explicit"}
        await client.request(creating, json.dumps({"stream_name": "WORK", "config": config}).encode())
        await client.publish(work, b"forged", reply=FACT, headers=HEADERS | {"Nats-Msg-Id": str(uuid4())})
        await client.publish(f"$JS.API.CONSUMER.MSG.NEXT.WORK.{name}", b"1", reply=FACT)
        await client.flush()
    handled: asyncio.Queue[bytes] = asyncio.Queue()

    async def handle(envelope: Envelope) -> None:
        handled.put_nowait(envelope.payload)

    consuming = asyncio.create_task(streams.consume(Subscription(f"test__{uuid4().hex}", EVENTS, FACT, handle)))
    try:
        await streams.publish(Envelope(uuid4(), FACT, b"the last one", uuid4(), "c"))
        async with asyncio.timeout(20):
            seen = [await handled.get()]
            while seen[-1] != b"the last one":
                seen.append(await handled.get())
        assert b"forged" not in seen
    finally:
        consuming.cancel()
        await asyncio.wait([consuming])
        operator = await nats_client.connect(nats.url)
        await operator.jetstream().delete_consumer("WORK", name)
        await operator.close()


REFUSED = {
    "another's work": "work.ingest.parse",
    "reading a stream": "$JS.API.STREAM.MSG.GET.EVENTS",
    "reading a stream directly": "$JS.API.DIRECT.GET.EVENTS",
    "changing a stream": "$JS.API.STREAM.UPDATE.EVENTS",
    "deleting a stream": "$JS.API.STREAM.DELETE.EVENTS",
    "emptying a stream": "$JS.API.STREAM.PURGE.EVENTS",
    "deleting a message": "$JS.API.STREAM.MSG.DELETE.EVENTS",
    "a stream of its own": "$JS.API.STREAM.CREATE.OWN",
    "another's messages": "$JS.API.CONSUMER.MSG.NEXT.EVENTS.ingest__project_deleted",
    "another's acknowledgement": "$JS.ACK.EVENTS.ingest__project_deleted.1.1.1.1.0",
    "another consumer of facts": "$JS.API.CONSUMER.CREATE.EVENTS.mine.event.>",
    "its consumer over all facts": "$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.extractor__project_deleted",
    "deleting another's consumer": "$JS.API.CONSUMER.DELETE.EVENTS.ingest__project_deleted",
    "another's inbox": "_INBOX.ingest.x",
}


@pytest.mark.parametrize("what", REFUSED)
async def test_the_server_refuses_what_is_no_part_of_the_services_work(
    nats: EmbeddedNats, streams: Bus, what: str
) -> None:
    async with logged_in(nats, "extractor") as (client, errors):
        await client.publish(REFUSED[what], b"{}")
        assert f'publish to "{REFUSED[what].lower()}"' in await refusal(errors)


@pytest.mark.parametrize("subject", ["event.>", "work.>", ">", "_INBOX.>", "_INBOX.ingest.>", "$JS.>"])
async def test_a_service_hears_nothing_but_what_is_said_to_it(nats: EmbeddedNats, streams: Bus, subject: str) -> None:
    async with logged_in(nats, "extractor") as (client, errors):
        await client.subscribe(subject)
        assert f'subscription to "{subject.lower()}"' in await refusal(errors)


def test_the_servers_users_of_compose_are_understood_by_nats(tmp_path: Path) -> None:
    """Also with passwords of digits alone."""
    config = tmp_path / "nats.conf"
    config.write_text((COMPOSE / "nats.conf").read_text().replace("/data", str(tmp_path / "data")))
    (tmp_path / "nats-users.conf").write_text((COMPOSE / "nats-users.conf").read_text())
    env = {f"NATS_{service.upper()}_PASSWORD": f'"{number:064d}"' for number, service in enumerate(CONSUMERS)}
    subprocess.run([binary(), "-t", "--config", str(config)], env=env, check=True, capture_output=True, timeout=240)


def test_who_is_no_service_of_the_bus_has_no_user() -> None:
    assert "gateway" not in CONSUMERS
    assert all(permissions(service) for service in CONSUMERS)


async def _stored(nats: EmbeddedNats, subject: str) -> int:
    client = await nats_client.connect(nats.url)
    try:
        info = await client.jetstream().stream_info(EVENTS, subjects_filter=subject)
        return (info.state.subjects or {}).get(subject, 0)
    finally:
        await client.close()
