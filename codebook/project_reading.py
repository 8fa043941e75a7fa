"""Reads a project file's YAML: its keys and their short forms, and says of each mistake in which line it stands.

What comes out has the API's forms, so that neither the command nor the projects service knows of short ones.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin

from coderai.codebook.codebook import Codebook, Unit
from coderai.codebook.names import name_problem
from coderai.codebook.plain import hints
from coderai.codebook.project_yaml import PROJECT_KEYS, PROMPT_KEYS, VARIABLE_KEYS
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, Variable
from coderai.codebook.written_values import with_words
from coderai.codebook.yaml_text import Place, YamlText, YamlUnreadable, decode, read_yaml
from coderai.kit.errors import InvalidInput

Keys = Mapping[str, Any]
"""The keys of a part of the file with what their values are: a type, a dataclass, or a tuple of one of them."""

_SHORT = {Unit: "row_is", Category: "value", PromptVersion: "text"}
"""Parts that may be given as this one of their keys: `unit: one protest`."""
_SCALARS = {
    bool: ((bool,), "must be true or false"),
    int: ((int,), "must be a whole number"),
    float: ((int, float), "must be a number"),
}


def _keys() -> dict[type[Any] | None, Keys]:
    """The keys of each part; of None those of the whole file."""
    project: dict[str, Any] = {name.removeprefix("project_"): hint for name, hint in hints(Codebook).items()}
    project |= {"sample_size": int, "truth": str, "formats": tuple[str, ...]}
    variable = {**hints(Variable), "prompt": PromptVersion}
    return {
        None: {key: project[key] for key in PROJECT_KEYS},
        Variable: {key: variable[key] for key in VARIABLE_KEYS},
        PromptVersion: {key: hints(PromptVersion)[key] for key in PROMPT_KEYS},
    }


KEYS = _keys()
_LONGEST_SHOWN = 80
"""Characters of a key or value, in a message."""
_MOST_TOLD = 12
"""Of the problems of one file, in an error's message."""


class ProjectYamlInvalid(InvalidInput):
    """The YAML is none that a project can be made from."""

    def __init__(self, problems: Sequence[str]) -> None:
        told = "; ".join(problems[:_MOST_TOLD])
        super().__init__(f"the YAML cannot be read: {told}", fields={"yaml": told})
        self.problems = tuple(problems)


def read_project(source: bytes | str, needed: Sequence[str] = ("name",), formats: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of POST projects, `variables` (the API's fields, and `prompt`), `sample_size`, `truth` and `formats`.

    What the file does not say, or leaves empty, is absent. `needed`: keys that it must have. `formats`: those that
    there are; without them any word is one.

    Raises:
        ProjectYamlInvalid: has all that is wrong; each begins with line and key, and names the nearest valid one.
    """
    try:
        text = read_yaml(source if isinstance(source, str) else decode(source))
    except YamlUnreadable as error:
        raise ProjectYamlInvalid([str(error)]) from None
    if text.repeated:
        raise ProjectYamlInvalid([_located(text, place, "stands here more than once") for place in text.repeated])
    reading = _Reading(text)
    plain: dict[str, Any] = reading.mapping((), text.plain, None)
    reading.check(plain, needed)
    if formats and "formats" in plain:
        plain["formats"] = reading.choices(("formats",), plain["formats"], formats)
    if reading.problems:
        by_line = sorted(reading.problems, key=lambda problem: text.line(problem[0]))
        raise ProjectYamlInvalid([_located(text, place, problem) for place, problem in by_line])
    return plain | ({"variables": with_words(plain["variables"], text.words)} if "variables" in plain else {})


@dataclass(slots=True)
class _Reading:
    """One file being read, and what is wrong with it."""

    text: YamlText
    problems: list[tuple[Place, str]] = field(default_factory=list)

    def wrong(self, place: Place, problem: str) -> None:
        self.problems.append((place, problem))

    def mapping(self, place: Place, plain: Mapping[str, Any], kind: type[Any] | None) -> dict[str, Any]:
        """The part's keys in the API's forms."""
        keys: Keys = KEYS.get(kind) or hints(kind)  # type: ignore[arg-type]
        found: dict[str, Any] = {}
        for key, value in plain.items():
            if key not in keys:
                known = _nearest(key, list(keys)) or "; known here: " + ", ".join(keys)
                self.wrong((*place, key), f"unknown key{known}")
            elif value is not None or (key == "value" and "text" in plain):
                found[key] = self.value((*place, key), value, keys[key])
        return found

    def value(self, place: Place, value: Any, hint: Any) -> Any:
        """A value of the kind that its key has; what is none is noted, and given back as it is."""
        if get_origin(hint) is tuple:
            return self.items(place, value, get_args(hint)[0])
        if is_dataclass(hint):
            return self.part(place, value, hint)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return self.choice(place, value, [one.value for one in hint])
        if hint is str:
            return self.words(place, value)
        if hint in _SCALARS:
            return self.scalar(place, value, hint)
        return self.json(place, value)

    def scalar(self, place: Place, value: Any, hint: type[Any]) -> Any:
        """A number or truth value."""
        kinds, must_be = _SCALARS[hint]
        fits = isinstance(value, kinds) and (hint is bool or not isinstance(value, bool))
        if not fits or (isinstance(value, float) and not math.isfinite(value)):
            self.wrong(place, must_be)
        return value

    def items(self, place: Place, value: Any, hint: Any) -> list[Any]:
        """A list; of categories a mapping of values to descriptions too."""
        if hint is Category and isinstance(value, dict):
            return [self.category((*place, one), one, description) for one, description in value.items()]
        if not isinstance(value, list):
            self.wrong(place, "must be a list")
            return []
        for number, item in enumerate(value):
            if item is None:
                self.wrong((*place, number), "is empty")
        return [self.value((*place, n), item, hint) for n, item in enumerate(value) if item is not None]

    def category(self, place: Place, value: str, description: Any) -> dict[str, Any]:
        return {"value": value} | ({} if description is None else {"description": self.words(place, description)})

    def part(self, place: Place, value: Any, kind: Any) -> dict[str, Any]:
        """A part with keys of its own, or its short form."""
        if isinstance(value, dict):
            return self.mapping(place, value, kind)
        if kind in _SHORT and not isinstance(value, list):
            return {_SHORT[kind]: self.words(place, value)}
        self.wrong(place, "must hold keys of its own")
        return {}

    def choice(self, place: Place, value: Any, valid: Sequence[str]) -> Any:
        """One of the API's words, in whichever case and with blanks or hyphens for its underscores."""
        word = str(self.text.words.get(place, value)).strip().upper().replace(" ", "_").replace("-", "_")
        if word not in valid:
            self.wrong(place, f"{_shown(value)} is none of {', '.join(valid)}{_nearest(word, valid)}")
        return word

    def choices(self, place: Place, values: Sequence[Any], valid: Sequence[str]) -> list[Any]:
        """Each once."""
        return list(dict.fromkeys(self.choice((*place, n), value, valid) for n, value in enumerate(values)))

    def words(self, place: Place, value: Any) -> str:
        """A text; one without quotes that YAML takes for a number, a date or a truth value is what it is written as."""
        if isinstance(value, str):
            return value
        if place in self.text.words:
            return self.text.words[place]
        self.wrong(place, "must be text" if isinstance(value, list | dict) else "must be text: put it in quotes")
        return ""

    def json(self, place: Place, value: Any) -> Any:
        """Any value that JSON has."""
        if isinstance(value, list):
            return [self.json((*place, number), item) for number, item in enumerate(value)]
        if not isinstance(value, str | bool | int | float | None) or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            self.wrong(place, "must be a text, a number, true, false, null or a list of these")
        return value

    def check(self, plain: Mapping[str, Any], needed: Sequence[str]) -> None:
        """What must be there, and that no two variables have one name."""
        for key in needed:
            if not str(plain.get(key, "")).strip():
                self.wrong((key,), "is missing")
        size = plain.get("sample_size")
        if isinstance(size, int) and size < 0:
            self.wrong(("sample_size",), "must be 0 or more")
        told, first = {place for place, _ in self.problems}, dict[str, int]()
        for number, one in enumerate(plain.get("variables", [])):
            place: Place = ("variables", number)
            if place not in told:
                missing = [key for key in ("name", "type") if key not in one and (*place, key) not in told]
                self.problems += [((*place, key), "is missing") for key in missing]
                self.check_name((*place, "name"), one.get("name"), first)
                if not str(one.get("prompt", {"text": "-"}).get("text", "")).strip():
                    self.wrong((*place, "prompt", "text"), "is missing")

    def check_name(self, place: Place, name: str | None, first: dict[str, int]) -> None:
        """A variable's name; `first`: the lines of the earlier ones."""
        if name is None:
            return
        if problem := name_problem(name):
            self.wrong(place, f"{_shown(name)} {problem}")
        elif name in first:
            self.wrong(place, f"{name!r} is the name of the variable in line {first[name]} too")
        first.setdefault(name, self.text.line(place))


def _shown(value: Any) -> str:
    """A value as a message shows it."""
    shown = repr(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


def _nearest(text: str, valid: Sequence[str]) -> str:
    near = difflib.get_close_matches(text[:_LONGEST_SHOWN], valid, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _located(text: YamlText, place: Place, problem: str) -> str:
    name = "".join(f"[{key}]" if isinstance(key, int) else f".{key[:_LONGEST_SHOWN]}" for key in place).lstrip(".")
    return f"line {text.line(place)}, {name}: {problem}"
