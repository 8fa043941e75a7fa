"""Which models may be asked, and with which key: what the operator lists, and nothing that LangChain brings along."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.kit.model_replies import ModelNotAllowed
from coderai.kit.model_settings import ModelSettings, models_of_keys, read_models
from coderai.kit.models import PROVIDERS, ModelList, ModelTerms
from coderai.kit.settings import SettingsInvalid

KEYS = {"OPENAI_API_KEY": "sk-1", "MINE": "sk-2"}


def written(folder: Path, text: str) -> ModelList:
    (path := folder / "models.yaml").write_text(text)
    return read_models(path, KEYS)


def test_without_a_list_the_offline_engine_and_whoever_has_a_key_may_be_asked() -> None:
    assert list(models_of_keys({}).entries) == ["offline"]
    models = models_of_keys({"OPENAI_API_KEY": "sk-1", "MISTRAL_API_KEY": "m", "LANGSMITH_API_KEY": "l"})
    assert list(models.entries) == ["offline", "openai:*", "mistralai:*"]
    assert list(models_of_keys({"OPENAI_BASE_URL": "http://localhost/v1"}).entries) == ["offline", "openai:*"]


@pytest.mark.parametrize(
    "name", ["langsmith:x", "openai_compatible:x", "anthropic:claude", "gpt-4", "openai:", ":x", ""]
)
def test_what_is_not_listed_is_refused_and_named(name: str) -> None:
    models = models_of_keys(KEYS)
    with pytest.raises(ModelNotAllowed, match="offline or openai:\\*") as refused:
        models.terms(name)
    assert refused.value.fields.keys() == {"model"}


@given(st.text(max_size=200))
def test_no_name_but_offline_passes_where_nothing_else_is_listed(name: str) -> None:
    assert models_of_keys({}).allows(name) is (name == "offline")


@given(st.text(min_size=1, max_size=200))
def test_a_name_that_passes_is_short_and_plain_so_that_it_may_stand_in_a_log(name: str) -> None:
    if models_of_keys(KEYS).allows(f"openai:{name}"):
        assert len(name) <= 128 and name.isascii() and name.isprintable() and " " not in name


def test_the_first_pattern_that_fits_counts(tmp_path: Path) -> None:
    models = written(
        tmp_path, "openai:gpt-5*: {key: MINE, requests_per_minute: 500}\nopenai:local: {base_url: http://l}\nopenai:*:"
    )
    assert models.pattern("openai:gpt-5-mini") == "openai:gpt-5*"
    assert models.terms("openai:gpt-5-mini").requests_per_minute == 500
    assert models.key("openai:gpt-5-mini").get_secret_value() == "sk-2"
    assert models.key("openai:gpt-4").get_secret_value() == "sk-1"
    assert (models.base_url("openai:local"), models.base_url("openai:gpt-4")) == ("http://l", "")
    assert not models.allows("offline")


def test_a_key_is_never_printed(tmp_path: Path) -> None:
    models = written(tmp_path, "openai:*: {key: MINE}")
    assert "sk-" not in f"{models!r}{models}{models.key('openai:x')!r}"


@pytest.mark.parametrize(
    "text",
    [
        "langsmith:*:",
        "'*':",
        "openai:",
        "- openai:x",
        "openai:x: {price: {input: cheap, output: 1}}",
        "openai:x: {requests_per_minute: 0}",
        "openai:x: {colour: red}",
        "{",
    ],
)
def test_a_list_that_makes_no_sense_is_refused_when_the_process_starts(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsInvalid, match="CODERAI_MODELS"):
        written(tmp_path, text)


def test_an_absent_list_is_refused(tmp_path: Path) -> None:
    settings = ModelSettings.from_env("projects", {"CODERAI_MODELS": str(tmp_path / "none.yaml")})
    with pytest.raises(SettingsInvalid, match="CODERAI_MODELS"):
        settings.model_list()


def test_the_list_that_comes_with_compose_and_kubernetes_is_read() -> None:
    shipped = Path(__file__).parents[3] / "deploy" / "kubernetes" / "models.yaml"
    assert list(read_models(shipped, {}).entries) == ["offline", "openai:*"]


@pytest.mark.parametrize("pattern", [f"{provider}:*" for provider in PROVIDERS])
def test_a_model_can_be_asked_with_its_provider_s_key_or_where_none_is_needed(pattern: str) -> None:
    models = ModelList({pattern: ModelTerms()}, {"OLLAMA": ""})
    assert models.can_ask(pattern) is (pattern == "ollama:*")
    assert ModelList({pattern: ModelTerms()}, {PROVIDERS[pattern[:-2]] or "X": "k"}).can_ask(pattern)
