"""What goes wrong on the way to a model: retries, the circuit breaker, limits, and named errors without secrets."""

import asyncio
import socket
from collections.abc import Callable
from itertools import pairwise

import pytest
from prometheus_client import REGISTRY

from coderai.kit.llm import ChatModel, ChatModels, ChatReply, ChatRequest
from coderai.kit.llm.breaker import FAILURES, PAUSE, SUCCESSES
from coderai.kit.model_replies import (
    ContextTooLong,
    ModelKeyInvalid,
    ModelNotServed,
    ModelPaused,
    ModelRefusedRequest,
    ModelThrottled,
    ModelUnavailable,
)
from tests.support.models import ANSWER, MODEL, PURSE, Clock
from tests.support.openai_faults import (
    Break,
    ErrorReply,
    Fault,
    Spoil,
    context_length_exceeded,
    rate_limited,
    server_error,
    unauthorized,
)
from tests.support.openai_server import OpenAIServer

Open = Callable[..., ChatModels]

PASSING: list[Fault] = [rate_limited(), server_error(500), server_error(503), Break.RESET, ErrorReply(408, "", "")]


@pytest.mark.parametrize("fault", PASSING, ids=str)
async def test_a_passing_fault_is_retried_until_it_passes(
    fault: Fault, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.at(0, 1, 2, 3, 4, fault=fault)
    reply = await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert (reply.content, reply.usage.calls, server.stats.requests) == (ANSWER, 6, 6)


@pytest.mark.parametrize("fault", PASSING, ids=str)
async def test_a_fault_that_lasts_is_given_up_after_five_retries(
    fault: Fault, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.always(fault)
    with pytest.raises(ModelUnavailable) as raised:
        await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert raised.value.retryable
    assert (raised.value.usage.calls, server.stats.requests) == (6, 6)


async def test_waits_double_from_retry_to_retry(open_models: Open, server: OpenAIServer, request_: ChatRequest) -> None:
    server.faults.at(0, 1, 2, 3, 4, fault=server_error())
    await (await open_models(llm_retry_base_seconds=0.01).open(MODEL, PURSE)).ask(request_)
    gaps = gaps_of(server)
    assert all(gap >= 0.01 * 2**retry for retry, gap in enumerate(gaps))


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
async def test_a_retry_comes_no_sooner_than_the_provider_asks(
    as_date: bool, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.at(0, fault=rate_limited(0.3, as_date=as_date))
    await (await open_models().open(MODEL, PURSE)).ask(request_)
    # An HTTP date has whole seconds: rounded up from 0.3 s ahead, it is at least that far ahead.
    assert gaps_of(server)[0] >= 0.29


async def test_retry_after_ms_is_honoured(open_models: Open, server: OpenAIServer, request_: ChatRequest) -> None:
    server.faults.at(0, fault=ErrorReply(429, "slow", "requests", headers=(("retry-after-ms", "300"),)))
    await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert gaps_of(server)[0] >= 0.3


async def test_a_wait_of_minutes_is_left_to_the_caller(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.always(rate_limited(3600))
    with pytest.raises(ModelThrottled) as raised:
        await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert (raised.value.retry_after, server.stats.requests) == (3600, 1)


async def test_a_model_that_never_answers_times_out(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.at(0, fault=Break.NEVER_ANSWER)
    reply = await (await open_models(llm_timeout_seconds=0.5).open(MODEL, PURSE)).ask(request_)
    assert (reply.content, reply.usage.calls) == (ANSWER, 2)


async def test_a_server_that_is_not_there_costs_no_calls(open_models: Open, request_: ChatRequest) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(ModelUnavailable) as raised:
            await (await open_models(base_url=url).open(MODEL, PURSE)).ask(request_)
    assert raised.value.usage.calls == 0


REFUSED: list[tuple[ErrorReply, type[Exception], str]] = [
    (
        ErrorReply(400, "Invalid 'messages[0]'.", "invalid_request_error"),
        ModelRefusedRequest,
        r"Invalid 'messages\[0\]'",
    ),
    (ErrorReply(404, "The model `gpt-9` does not exist.", "invalid_request_error"), ModelNotServed, "gpt-9"),
    (ErrorReply(422, "Unprocessable.", "invalid_request_error"), ModelRefusedRequest, "Unprocessable"),
    (unauthorized(), ModelKeyInvalid, "OPENAI_API_KEY"),
    (ErrorReply(403, "Country not supported.", "forbidden"), ModelKeyInvalid, "OPENAI_API_KEY"),
    (context_length_exceeded("gpt-4.1-mini", 8, 9), ContextTooLong, "split"),
    (ErrorReply(400, "the request exceeds the available context size", "invalid"), ContextTooLong, "split"),
    (ErrorReply(413, "Request Entity Too Large", "invalid"), ContextTooLong, "split"),
]


@pytest.mark.parametrize(("fault", "error", "words"), REFUSED)
async def test_other_4xx_are_never_retried(
    fault: ErrorReply,
    error: type[Exception],
    words: str,
    open_models: Open,
    server: OpenAIServer,
    request_: ChatRequest,
) -> None:
    server.faults.always(fault)
    with pytest.raises(error, match=words):
        await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert server.stats.requests == 1


async def test_a_long_prompt_is_too_long_for_the_model(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.context_limit = 10
    with pytest.raises(ContextTooLong):
        await (await open_models().open(MODEL, PURSE)).ask(request_)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
async def test_no_error_and_no_log_tells_a_key_or_a_prompt(
    status: int,
    open_models: Open,
    server: OpenAIServer,
    request_: ChatRequest,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.faults.always(ErrorReply(status, "Key sk-test-0123456789 is odd; so is sk-proj-abc***xyz.", "error"))
    with pytest.raises(Exception, match="openai:") as raised:
        await (await open_models().open(MODEL, PURSE)).ask(request_)
    error: BaseException | None = raised.value
    told = caplog.text + "".join(capfd.readouterr())
    while error is not None:
        told += str(error)
        error = None if error.__suppress_context__ else error.__context__
    assert "sk-" not in told
    assert "were hurt" not in told


async def test_the_breaker_opens_after_five_failures_in_a_row_and_tells_how_long(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, clock: Clock
) -> None:
    model = await open_models().open(MODEL, PURSE)
    await fail(model, server, request_, FAILURES - 1)
    await model.ask(request_)
    await fail(model, server, request_, FAILURES)
    asked = server.stats.requests
    clock.now += 10
    with pytest.raises(ModelPaused) as raised:
        await model.ask(request_)
    assert (raised.value.retry_after, raised.value.retryable) == (PAUSE - 10, True)
    assert (raised.value.usage.calls, server.stats.requests) == (0, asked)


async def test_the_half_open_breaker_closes_after_three_successes(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, clock: Clock
) -> None:
    model = await open_models().open(MODEL, PURSE)
    await fail(model, server, request_, FAILURES)
    clock.now += PAUSE
    for _ in range(SUCCESSES):
        await model.ask(request_)
    # Closed: one failure does not open it.
    await fail(model, server, request_, 1)
    assert (await model.ask(request_)).content == ANSWER


async def test_the_half_open_breaker_opens_again_at_the_first_failure(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, clock: Clock
) -> None:
    model = await open_models().open(MODEL, PURSE)
    await fail(model, server, request_, FAILURES)
    clock.now += PAUSE
    await model.ask(request_)
    await fail(model, server, request_, 1)
    with pytest.raises(ModelPaused):
        await model.ask(request_)


async def test_the_half_open_breaker_lets_few_try_at_a_time(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, clock: Clock
) -> None:
    model = await open_models().open(MODEL, PURSE)
    await fail(model, server, request_, FAILURES)
    clock.now += PAUSE
    server.latency = 0.05
    results = await asyncio.gather(*(model.ask(request_) for _ in range(10)), return_exceptions=True)
    assert [type(result) for result in results] == [ChatReply] * SUCCESSES + [ModelPaused] * (10 - SUCCESSES)
    assert (await model.ask(request_)).content == ANSWER


async def test_a_cancelled_trial_gives_its_place_back(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, clock: Clock
) -> None:
    model = await open_models().open(MODEL, PURSE)
    await fail(model, server, request_, FAILURES)
    clock.now += PAUSE
    server.faults.always(Break.NEVER_ANSWER)
    trials = [asyncio.ensure_future(model.ask(request_)) for _ in range(SUCCESSES)]
    await asyncio.wait_for(server.until(lambda stats: stats.in_flight == SUCCESSES), 10)
    for trial in trials:
        trial.cancel()
    await asyncio.gather(*trials, return_exceptions=True)
    server.faults.clear()
    assert (await model.ask(request_)).content == ANSWER


async def test_refused_requests_and_invalid_replies_do_not_open_the_breaker(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    model = await open_models().open(MODEL, PURSE)
    for fault in (ErrorReply(400, "no", "invalid_request_error"), Spoil.EMPTY):
        await fail(model, server, request_, FAILURES + 1, fault)
    assert (await model.ask(request_)).content == ANSWER


async def test_no_more_requests_at_a_time_than_the_setting(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.latency = 0.02
    model = await open_models(llm_concurrency=4).open(MODEL, PURSE)
    await asyncio.gather(*(model.ask(request_) for _ in range(12)))
    assert server.stats.max_in_flight == 4


async def test_concurrency_halves_once_for_a_round_of_429s_and_grows_again(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.latency = 0.02
    model = await open_models(llm_concurrency=8).open(MODEL, PURSE)
    server.faults.at(*range(8), fault=rate_limited(0.2))
    await asyncio.gather(*(model.ask(request_) for _ in range(8)))
    after = [received.in_flight for received in server.requests[8:]]
    assert max(after) == 4
    # 8 successes at a limit of 4: five after the first 4, not yet six after the other 4.
    assert model.concurrency == 5
    server.latency = 0
    for _ in range(5 + 6 + 7):
        await model.ask(request_)
    assert model.concurrency == 8


async def test_other_faults_leave_the_concurrency_alone(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.at(0, 1, fault=server_error())
    model = await open_models(llm_concurrency=8).open(MODEL, PURSE)
    await model.ask(request_)
    assert model.concurrency == 8


async def test_every_request_asks_the_limit_that_holds_across_replicas(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    asked: list[tuple[str, int]] = []

    class Limit:
        async def before(self, model: str, tokens: int) -> None:
            asked.append((model, tokens))
            if len(asked) == 3:
                raise ModelPaused("the limit is reached", retry_after=20)

    model = await open_models(Limit()).open(MODEL, PURSE)
    server.faults.at(0, fault=server_error())
    await model.ask(request_)
    assert [name for name, _ in asked] == [MODEL, MODEL]
    assert all(tokens > 10 for _, tokens in asked)
    with pytest.raises(ModelPaused, match="limit is reached"):
        await model.ask(request_)
    assert server.stats.requests == 2


async def test_names_are_opened_once(open_models: Open) -> None:
    models = open_models()
    first, second = await asyncio.gather(models.open(MODEL, PURSE), models.open(MODEL, PURSE))
    assert first.shared is second.shared


async def fail(
    model: ChatModel,
    server: OpenAIServer,
    request: ChatRequest,
    times: int,
    fault: Fault | None = None,
    words: str = MODEL,
) -> None:
    """Lets so many questions fail, one after the other."""
    server.faults.always(fault or server_error())
    for _ in range(times):
        with pytest.raises(Exception, match=words):
            await model.ask(request)
    server.faults.clear()


def gaps_of(server: OpenAIServer) -> list[float]:
    """Seconds between the arrivals of the requests."""
    arrivals = [received.arrived for received in server.requests]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(arrivals)]


async def test_calls_are_counted_by_how_they_ended_and_by_a_pattern_that_the_operator_listed(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    name = "openai:counted-model"
    model = await open_models().open(name, PURSE)
    faults: list[Fault] = [rate_limited(), server_error(), Spoil.EMPTY]
    for index, fault in enumerate(faults):
        server.faults.at(index, fault=fault)
    outcomes = ("throttled", "unavailable", "invalid", "complete", "refused_request")
    before = [counted("calls", model="openai:*", outcome=outcome) or 0 for outcome in outcomes]
    tokens_before = counted("tokens", model="openai:*", direction="in") or 0
    reply = await model.ask(request_)
    await fail(model, server, request_, 1, ErrorReply(400, "no", "invalid_request_error"), name)
    assert [counted("calls", model="openai:*", outcome=outcome) for outcome in outcomes] == [n + 1 for n in before]
    assert counted("calls", model=name, outcome="complete") is None
    assert counted("tokens", model="openai:*", direction="in") == tokens_before + reply.usage.tokens_in


def counted(metric: str, **labels: str) -> float | None:
    """The value of a counter of kit.llm."""
    return REGISTRY.get_sample_value(f"coderai_llm_{metric}_total", labels)
