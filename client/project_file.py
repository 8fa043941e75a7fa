"""Reads a project file: the YAML from which the command makes a project and its variables."""

from __future__ import annotations

import difflib
import typing
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import ValidationError

from coderai.client.errors import UsageError
from coderai.client.project_spec import ProjectSpec
from coderai.messages.requests import Request

Place = tuple[str | int, ...]
"""Where something stands in the file: ("variables", 2, "type")."""

_MOST_PROBLEMS_SHOWN = 12
_MUST_BE = {
    "model_type": "must hold keys of its own",
    "list_type": "must be a list",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
}


class ProjectFileInvalid(UsageError):
    """The project file is not what a project can be made from."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        shown = [f"  {problem}" for problem in problems[:_MOST_PROBLEMS_SHOWN]]
        if len(problems) > len(shown):
            shown.append(f"  ... and {len(problems) - len(shown)} more")
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{path} has {count}:", *shown]))
        self.path, self.problems = path, tuple(problems)


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A project file that has been checked."""

    path: Path
    spec: ProjectSpec

    @property
    def truth(self) -> Path | None:
        """The hand-coded values that the file names, a path from the file's own folder."""
        return self.path.parent / self.spec.truth if self.spec.truth else None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads and checks a file.

        Raises:
            ProjectFileInvalid: names the line, the key and, for an unknown key, the nearest valid one.
        """
        try:
            root = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
            if not isinstance(root, yaml.MappingNode):
                raise ProjectFileInvalid(path, ["must begin with keys such as 'name:' and 'variables:'"])
            plain = _Loader("").construct_document(root)
            lines = dict(_lines(root))
        except FileNotFoundError:
            raise ProjectFileInvalid(path, ["there is no such file"]) from None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ProjectFileInvalid(path, [f"cannot be read as YAML: {error}"]) from None
        except RecursionError:
            raise ProjectFileInvalid(path, ["an alias (*) refers to what it stands in"]) from None
        problems = list(_repeated_keys(root)) or list(_problems(plain))
        if problems:
            raise ProjectFileInvalid(path, [_located(place, text, lines) for place, text in problems])
        return cls(path, ProjectSpec.model_validate(plain))


class _Loader(yaml.SafeLoader):
    """Plain values only, and a date stays the text that it is written as, which is how the API takes it."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _lines(node: yaml.Node, place: Place = ()) -> Iterator[tuple[Place, int]]:
    """Every place of the file with its line, from 1."""
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*place, key.value))
            yield (*place, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*place, index))


def _repeated_keys(node: yaml.Node, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """YAML itself would keep the last of them and say nothing."""
    if isinstance(node, yaml.MappingNode):
        counts = Counter(key.value for key, _ in node.value)
        yield from (((*place, key), "stands here more than once") for key, count in counts.items() if count > 1)
        for key, value in node.value:
            yield from _repeated_keys(value, (*place, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated_keys(item, (*place, index))


def _problems(plain: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """What the file's form tells; whether it makes sense the API knows."""
    try:
        ProjectSpec.model_validate(plain, strict=True)
    except ValidationError as error:
        yield from ((tuple(e["loc"]), _explained(tuple(e["loc"]), e)) for e in error.errors())


def _explained(place: Place, error: Any) -> str:
    """A sentence for one problem that pydantic found."""
    match error["type"]:
        case "extra_forbidden":
            keys = list(_part_at(place[:-1]).model_fields)
            return f"unknown key{_nearest(str(place[-1]), keys) or '; known here: ' + ', '.join(keys)}"
        case "missing":
            return "is missing"
        case "literal_error":
            valid = [text.strip("'") for text in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            return f"{error['input']!r} is none of {', '.join(valid)}{_nearest(str(error['input']).upper(), valid)}"
        case "string_type" if isinstance(error["input"], bool | int | float):
            return f"must be text; YAML reads it as {error['input']!r}: put it in quotes"
    return _MUST_BE.get(error["type"]) or str(error["msg"][0].lower() + error["msg"][1:])


def _part_at(place: Place) -> type[Request]:
    """The part of the file that stands at a place."""
    part: type[Request] = ProjectSpec
    for key in place:
        if isinstance(key, str):
            annotation: Any = part.model_fields[key].annotation
            part = typing.get_args(annotation)[0] if typing.get_origin(annotation) is list else annotation
    return part


def _nearest(text: str, valid: Sequence[str]) -> str:
    near = difflib.get_close_matches(text, valid, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _located(place: Place, text: str, lines: Mapping[Place, int]) -> str:
    known = place
    while known not in lines:
        known = known[:-1]
    name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).lstrip(".")
    return f"line {lines[known]}, {name}: {text}"
