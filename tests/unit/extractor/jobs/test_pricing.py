"""What tokens cost, by the price table that comes with the extractor or one of the operator's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.kit.settings import SettingsInvalid
from coderai.services.extractor.adapters.prices import read_prices
from coderai.services.extractor.domain.jobs.pricing import Price, Prices
from coderai.services.extractor.settings import ExtractorSettings

SHIPPED = ExtractorSettings.model_fields["prices"].default
COUNTS = st.integers(0, 10**9)


def test_the_table_that_comes_with_it_has_sensible_prices() -> None:
    prices = read_prices(SHIPPED)
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


@pytest.mark.parametrize("text", ["openai:x: {input: cheap, output: 1}", "- 1", "openai:x: {input: 1}", "{"])
def test_a_table_that_makes_no_sense_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (table := tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(SettingsInvalid, match="CODERAI_EXTRACTOR_PRICES"):
        read_prices(table)
    with pytest.raises(SettingsInvalid, match="CODERAI_EXTRACTOR_PRICES"):
        read_prices(tmp_path / "absent.yaml")


def test_limits_and_prices_come_from_the_environment(tmp_path: Path) -> None:
    env = {
        "CODERAI_DATABASE_URL": "postgresql://",
        "CODERAI_NATS_URL": "nats://",
        "CODERAI_INTERNAL_TOKEN_KEY": "k" * 32,
        "CODERAI_PROJECTS_ADDRESS": "p:1",
        "CODERAI_INGEST_ADDRESS": "i:1",
    }
    settings = ExtractorSettings.from_env("extractor", env)
    assert (settings.model_limits, settings.prices) == ({}, SHIPPED)
    env["CODERAI_EXTRACTOR_MODEL_LIMITS"] = '{"openai:x": {"requests_per_minute": 500, "tokens_per_minute": 200000}}'
    env["CODERAI_EXTRACTOR_PRICES"] = str(tmp_path / "mine.yaml")
    settings = ExtractorSettings.from_env("extractor", env)
    assert settings.model_limits["openai:x"].tokens_per_minute == 200_000
    assert settings.prices == tmp_path / "mine.yaml"
    env["CODERAI_EXTRACTOR_MODEL_LIMITS"] = '{"openai:x": {"requests_per_minute": 0}}'
    with pytest.raises(SettingsInvalid, match="CODERAI_MODEL_LIMITS"):
        ExtractorSettings.from_env("extractor", env)
