"""Reads the operator's price table."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from coderai.kit.settings import SettingsInvalid
from coderai.services.extractor.domain.jobs.pricing import Price, Prices

_TABLE = TypeAdapter(dict[str, Price])


def read_prices(path: Path) -> Prices:
    """The prices in a YAML or JSON file of {provider:name: {input, output, cached_input}}.

    Raises:
        SettingsInvalid: the file is absent or says something else.
    """
    try:
        return Prices(_TABLE.validate_python(yaml.safe_load(path.read_text()) or {}))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"CODERAI_EXTRACTOR_PRICES: {path} cannot be read as a price table: {error}") from None
