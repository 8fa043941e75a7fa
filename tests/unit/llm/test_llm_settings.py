"""The limits of one process that asks models."""

from pytest import raises

from coderai.kit.llm import LLMSettings
from coderai.kit.settings import SettingsInvalid


def test_a_concurrency_of_none_is_no_setting() -> None:
    with raises(SettingsInvalid, match="CODERAI_LLM_CONCURRENCY"):
        LLMSettings.from_env("extractor", {"CODERAI_LLM_CONCURRENCY": "0"})
