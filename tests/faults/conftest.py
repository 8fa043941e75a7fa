"""One stack with two extractor workers, coding by a model whose speed the tests set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coderai.deploy.stack import LocalStack
from tests.faults.scenario import Corpus, prepare
from tests.support.leaks import LEAKS
from tests.support.openai_server import OpenAIServer
from tests.support.openai_thread import serving
from tests.support.otlp import Receiver
from tests.support.stack import secrets_of
from tests.support.tenant import Tenant


@pytest.fixture(scope="session")
def slow_model() -> Iterator[OpenAIServer]:
    """The model; tests that change its `latency` (seconds) set it back."""
    with serving(OpenAIServer(latency=1.5, keep_requests=False)) as server:
        yield server


@pytest.fixture(scope="session")
def faulty(slow_model: OpenAIServer, server_dir: Path, traces: Receiver) -> Iterator[LocalStack]:
    """All of CoderAI; each of its two workers codes four documents at a time."""
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
        "OPENAI_BASE_URL": slow_model.base_url,
        "OPENAI_API_KEY": "none",
        "CODERAI_EXTRACTOR_CONCURRENCY": "5",
        "CODERAI_EXTRACTOR_LLM_CONCURRENCY": "4",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        stack = LocalStack(
            server_dir / "faulty", extractors=2, http="127.0.0.1:0", grpc="127.0.0.1:0", unsafe_fast=True
        )
        stack.start()
    LEAKS.keep_secret(secrets_of(stack.data_dir))
    yield stack
    stack.stop()


@pytest.fixture(scope="session")
def corpus(faulty: LocalStack, slow_model: OpenAIServer) -> Iterator[Corpus]:
    """120 documents that are ready to be coded by three variables, and a job over them that is complete."""
    with Tenant(faulty.url) as tenant:
        slow_model.latency, kept = 0.0, slow_model.latency
        prepared = prepare(tenant)
        slow_model.latency = kept
        yield prepared
