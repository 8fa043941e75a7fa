"""Values of variables as a project file has them: where a type's values are texts, `no` is no false and 007 no 7."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.variable import VariableType
from coderai.codebook.yaml_text import Place

Words = Mapping[Place, str]
_TEXTS = (VariableType.TEXT, VariableType.CATEGORY, VariableType.DATE)
"""Types whose values are texts."""


def with_words(variables: Sequence[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    """The variables with the words of the file in place of what YAML made of them; `words`: by place in the file."""
    types = {one.get("name"): one.get("type") for one in variables}
    return [_variable(("variables", number), one, types, words) for number, one in enumerate(variables)]


def _variable(place: Place, plain: Mapping[str, Any], types: Mapping[Any, Any], words: Words) -> dict[str, Any]:
    found = dict(plain)
    if plain.get("type") in _TEXTS:
        found |= _written(place, plain, ("default_value",), words)
        if "validation_rules" in plain:
            rules = (*place, "validation_rules")
            found["validation_rules"] = _written(
                rules, plain["validation_rules"], ("min", "max", "allowed_values"), words
            )
        if "golden_examples" in plain:
            examples = enumerate(plain["golden_examples"])
            found["golden_examples"] = [
                _written((*place, "golden_examples", number), one, ("value",), words) for number, one in examples
            ]
    if "depends_on" in plain:
        found["depends_on"] = [
            _written((*place, "depends_on", number), one, ("value",), words)
            if types.get(one.get("variable")) in _TEXTS
            else one
            for number, one in enumerate(plain["depends_on"])
        ]
    return found


def _written(place: Place, plain: Mapping[str, Any], keys: Sequence[str], words: Words) -> dict[str, Any]:
    return {**plain, **{key: _words_of((*place, key), plain[key], words) for key in keys if key in plain}}


def _words_of(place: Place, value: Any, words: Words) -> Any:
    if isinstance(value, list):
        return [_words_of((*place, number), item, words) for number, item in enumerate(value)]
    return None if value is None else words.get(place, value)
