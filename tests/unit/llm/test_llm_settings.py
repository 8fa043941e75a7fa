"""The settings of the access to models: OpenAI's own names work, CoderAI's go before them."""

from pytest import raises

from coderai.kit.llm import LLMSettings
from coderai.kit.settings import SettingsInvalid


def test_openai_s_own_names_are_honoured() -> None:
    settings = LLMSettings.from_env("extractor", {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://local/v1"})
    assert (settings.openai_api_key.get_secret_value(), settings.openai_base_url) == ("sk-1", "http://local/v1")


def test_the_name_that_says_more_goes_first() -> None:
    names = ("OPENAI_BASE_URL", "CODERAI_OPENAI_BASE_URL", "CODERAI_EXTRACTOR_OPENAI_BASE_URL")
    env = {name: name.lower() for name in names}
    assert LLMSettings.from_env("extractor", env).openai_base_url == names[2].lower()
    assert LLMSettings.from_env("copilot", env).openai_base_url == names[1].lower()


def test_the_key_is_not_printed() -> None:
    assert "sk-1" not in repr(LLMSettings.from_env("extractor", {"OPENAI_API_KEY": "sk-1"}))


def test_a_concurrency_of_none_is_no_setting() -> None:
    with raises(SettingsInvalid, match="CODERAI_LLM_CONCURRENCY"):
        LLMSettings.from_env("extractor", {"CODERAI_LLM_CONCURRENCY": "0"})
