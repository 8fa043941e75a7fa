"""Reads the operator's list of models, or makes one of the keys that are set."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from coderai.kit.models import OFFLINE, PROVIDERS, ModelList, ModelTerms
from coderai.kit.settings import Settings, SettingsInvalid

_LIST = TypeAdapter(dict[str, ModelTerms | None])
_WITHOUT_KEY = ("ollama:*",)
"""Of these no key tells whether the operator wants them."""
_PATTERN = re.compile(r"([a-z_]+):[A-Za-z0-9*][A-Za-z0-9._:/@+*-]{0,127}")


class ModelSettings(Settings):
    """Where a process finds the list of models."""

    models: str = ""
    """Path of a YAML file of {pattern of provider:name: terms}; else all models of providers that have a key here."""

    def model_list(self, env: Mapping[str, str] = os.environ) -> ModelList:
        """The models that may be asked. Raises SettingsInvalid."""
        return read_models(Path(self.models), env) if self.models else models_of_keys(env)


def read_models(path: Path, env: Mapping[str, str]) -> ModelList:
    """The list in a YAML file; its keys are in `env`.

    Raises:
        SettingsInvalid: the file cannot be read, or names what is no model.
    """
    try:
        listed = _LIST.validate_python(yaml.safe_load(path.read_text()) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"CODERAI_MODELS: {path} cannot be read as a list of models: {error}") from None
    for pattern in listed:
        named = _PATTERN.fullmatch(pattern)
        if pattern != OFFLINE and (named is None or named[1] not in PROVIDERS):
            raise SettingsInvalid(
                f'CODERAI_MODELS: {path} lists {pattern!r}; a model is "offline" or provider:name, with * for any '
                f"characters of the name, of one of these providers: {', '.join(PROVIDERS)}"
            )
    return ModelList({pattern: terms or ModelTerms() for pattern, terms in listed.items()}, env)


def models_of_keys(env: Mapping[str, str]) -> ModelList:
    """The list where an operator gives none: "offline", and all models of the providers that have a key in `env`."""
    every = ModelList({OFFLINE: ModelTerms()} | {f"{provider}:*": ModelTerms() for provider in PROVIDERS}, env)
    named = {pattern: terms for pattern, terms in every.entries.items() if every.can_ask(pattern)}
    return ModelList({pattern: terms for pattern, terms in named.items() if pattern not in _WITHOUT_KEY}, env)
