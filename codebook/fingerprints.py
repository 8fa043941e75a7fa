"""Fingerprints of a variable: of what is asked for it, and of what is made of the answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from coderai.codebook.codebook import Unit
from coderai.codebook.types import reading
from coderai.codebook.variable import NOT_DEFINED, Variable

_ASKED = ("name", "type", "categories", "golden_examples", "reading", "instructions", "display_name")
"""Fields of a definition that are asked with; the last two only by way of the prompt."""


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


def _digest(plain: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]
