"""What tokens cost, by the operator's list of models and the price table that comes with the extractor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.kit.models import ModelList, ModelTerms, Price
from coderai.services.extractor.adapters.prices import read_prices
from coderai.services.extractor.domain.jobs.pricing import Prices

COUNTS = st.integers(0, 10**9)


def test_the_table_that_comes_with_it_has_sensible_prices() -> None:
    prices = read_prices(ModelList({}))
    assert prices.of("openai:gpt-5-mini") == Price(0.25, 2.0, 0.025)
    for model, price in prices.table.items():
        assert ":" in model
        assert price.cached_input is not None and 0 < price.cached_input < price.input < price.output


def test_a_dated_release_costs_what_its_model_does() -> None:
    prices = Prices({"openai:gpt-5-mini": Price(1, 2), "openai:gpt-5-mini-2025-08-07": Price(3, 4)})
    assert prices.of("openai:gpt-5-mini-2026-01-01") == Price(1, 2)
    assert prices.of("openai:gpt-5-mini-2025-08-07") == Price(3, 4)
    assert Prices({"anthropic:claude-haiku-4-5": Price(1, 5)}).of("anthropic:claude-haiku-4-5-20251001") == Price(1, 5)
    assert prices.of("openai:gpt-5") is None
    assert prices.of("openai:gpt-5-mini-large") is None


def test_the_offline_engine_is_free_whatever_the_table_says() -> None:
    assert Prices({}).of("offline") == Price(0, 0)


@given(COUNTS, COUNTS, st.floats(0, 1))
def test_what_comes_from_the_cache_costs_its_own_price(tokens_in: int, tokens_out: int, share: float) -> None:
    cached = int(tokens_in * share)
    cost = Price(2.0, 8.0, 0.5).of(Usage(1, tokens_in, tokens_out, cached))
    assert cost == pytest.approx(((tokens_in - cached) * 2.0 + cached * 0.5 + tokens_out * 8.0) / 1e6)
    assert Price(2.0, 8.0).of(Usage(1, tokens_in, tokens_out, cached)) >= cost - 1e-9
    assert Price(2.0, 8.0).of(NOTHING_USED) == 0


def test_the_operator_s_price_of_a_pattern_goes_before_the_table() -> None:
    price = Price(input=9, output=90)
    models = ModelList({"openai:gpt-5*": ModelTerms(price=price), "openai:*": ModelTerms()})
    prices = read_prices(models)
    assert prices.of("openai:gpt-5-mini") == Price(9, 90)
    assert prices.of("openai:gpt-4.1") == Price(2.0, 8.0, 0.5)
    assert prices.of("anthropic:claude-haiku-4-5") == Price(1.0, 5.0, 0.1)
