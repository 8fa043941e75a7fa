"""What is sampled, and what is not told: whoever sets the sampler decides, not who calls; off, nothing is made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.trace import SpanKind

from coderai.kit import tracing
from coderai.kit.errors import NotFound
from tests.support.otlp import Receiver, receiving

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NOT_SAMPLED = SAMPLED[:-2] + "00"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        yield receiver


async def handled(**cause: str) -> None:
    """Something that came from outside is done, with a step."""
    async with tracing.sending("process"):
        span = tracing.begin("request", SpanKind.SERVER, **cause)
        with tracing.inside(span), tracing.step("step"):
            pass
        span.end()


@pytest.mark.parametrize(("ratio", "names"), [("0", []), ("1", ["request", "step"])], ids=["none", "all"])
@pytest.mark.parametrize("cause", [{}, {"link": SAMPLED}, {"link": NOT_SAMPLED}], ids=["new", "linked", "linked off"])
async def test_the_ratio_decides_and_a_caller_that_is_linked_to_does_not(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, ratio: str, names: list[str], cause: dict[str, str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", ratio)

    await handled(**cause)

    assert sorted(span.name for span in receiver.spans) == names


@pytest.mark.parametrize(
    ("ratio", "parent", "names"),
    [("0", SAMPLED, ["request", "step"]), ("1", NOT_SAMPLED, [])],
    ids=["recorded", "not recorded"],
)
async def test_what_goes_on_from_a_process_of_ours_is_recorded_as_that_was(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, ratio: str, parent: str, names: list[str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", ratio)

    await handled(parent=parent)

    assert sorted(span.name for span in receiver.spans) == names


async def test_an_error_is_told_by_its_code_and_never_in_words(receiver: Receiver) -> None:
    async with tracing.sending("process"):
        span = tracing.begin("request", SpanKind.SERVER)
        with tracing.inside(span):
            for error in (NotFound("no such person as alma@example.org"), ValueError("the ferry Alma")):
                with pytest.raises(type(error)), tracing.step("step"):
                    raise error
        span.end()

    steps = [span for span in receiver.spans if span.name == "step"]
    assert [step.attributes for step in steps] == [{"error.type": "not_found"}, {"error.type": "ValueError"}]
    assert [(step.is_error, step.status, step.events) for step in steps] == [(True, "", [])] * 2


async def test_without_an_address_no_span_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    async with tracing.sending("process"):
        assert tracing.begin("request", SpanKind.SERVER) is tracing.NO_SPAN
        with tracing.step("step") as span:
            assert span is tracing.NO_SPAN
        assert tracing.carried() == tracing.trace_id() == ""
