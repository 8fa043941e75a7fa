"""Fingerprints of a variable, of what is asked for it and what is made of the answers; and of a codebook's content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from coderai.codebook.codebook import Codebook, Unit
from coderai.codebook.types import reading
from coderai.codebook.variable import NOT_DEFINED, Variable

_ASKED = ("name", "type", "categories", "golden_examples", "reading", "instructions", "display_name")
"""Fields of a definition that are asked with; the last two only by way of the prompt."""

_NOT_CONTENT = ("hash", "project_id", "model", "reasoning_effort", "token_budget")
_OF_PROMPT = ("text", "temperature", "max_tokens")


def asked(variable: Variable, unit: Unit) -> str:
    """16 hexadecimal digits for what a model is asked: prompt, type, categories, examples, and the unit of observation.

    The model is no part of it, nor are temperature and token limit.
    """
    return _digest(
        {
            "prompt": variable.active_prompt.text,
            "type": variable.type,
            "categories": [asdict(category) for category in variable.categories],
            "golden_examples": [asdict(example) for example in variable.golden_examples],
            "reading": reading(variable),
            "unit": asdict(unit),
        }
    )


def settings(variable: Variable) -> str:
    """16 hexadecimal digits for what is made of the answers: threshold, default, rules, conditions, `if_` fields."""
    plain = asdict(variable)
    return _digest({name: plain[name] for name in sorted(plain) if name not in NOT_DEFINED and name not in _ASKED})


def content_hash(codebook: Codebook) -> str:
    """SHA-256, in hexadecimal, of what a codebook says: the same in every project that codes by it.

    Left out are ids, the numbers and origins of prompt versions, and who answers: model, reasoning effort and budget. A
    codebook's own `hash` has all of these.
    """
    plain = asdict(codebook)
    variables = [_content(variable) for variable in codebook.variables]
    return _sha256({name: plain[name] for name in plain if name not in _NOT_CONTENT} | {"variables": variables})


def _content(variable: Variable) -> dict[str, Any]:
    plain = asdict(variable)
    prompt = {name: plain["active_prompt"][name] for name in _OF_PROMPT}
    return {name: plain[name] for name in plain if name not in NOT_DEFINED} | {"prompt": prompt}


def _digest(plain: Mapping[str, Any]) -> str:
    return _sha256(plain)[:16]


def _sha256(plain: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
