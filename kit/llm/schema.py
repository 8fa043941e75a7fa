"""The JSON schema that replies must fit, and the check of it by code, whatever the model promises."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

import jsonschema_rs
from pydantic_core import from_json

from coderai.kit.tokens import estimate_tokens

_FENCED = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)
_PROBLEMS_TOLD = 5


class ReplyMisfit(Exception):
    """A reply does not fit its schema."""

    def __init__(self, problem: str, content: Mapping[str, Any] | None = None) -> None:
        """`problem` is for the model to mend; `content` is the reply when it is a JSON object at least."""
        super().__init__(problem)
        self.problem = problem
        self.content = content


class ReplySchema:
    """A strict JSON schema of an object, compiled once: make one per kind of question and keep it.

    It is compared by identity, so that it can stand for itself in caches.
    """

    def __init__(self, name: str, schema: Mapping[str, Any]) -> None:
        """`name` is what the provider gets to see: 1-64 letters, digits, `_` and `-`.

        Raises:
            jsonschema_rs.ValidationError: this is no JSON schema.
        """
        self.name = name
        self.schema = dict(schema)
        self.tokens = estimate_tokens(json.dumps(self.schema))
        """About how many the provider counts as input for it."""
        self._validator = jsonschema_rs.validator_for(self.schema)

    def read(self, text: str) -> dict[str, Any]:
        """Parses a reply and checks it; a fence of backticks round the JSON is taken off.

        Raises:
            ReplyMisfit: it is no JSON, no object, or does not fit.
        """
        fenced = _FENCED.fullmatch(text)
        try:
            content = from_json(fenced[1] if fenced else text, allow_inf_nan=False)
        except ValueError as error:
            raise ReplyMisfit(f"It is not valid JSON: {error}") from None
        if not isinstance(content, dict):
            raise ReplyMisfit("It is not a JSON object.")
        if not self._validator.is_valid(content):
            raise ReplyMisfit(self._problems(content), content)
        return content

    def _problems(self, content: dict[str, Any]) -> str:
        errors = islice(self._validator.iter_errors(content), _PROBLEMS_TOLD)
        return "; ".join(f"{'/'.join(map(str, error.instance_path)) or 'root'}: {error.message}" for error in errors)
