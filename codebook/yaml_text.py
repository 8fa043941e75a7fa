"""Reads YAML that people write: any usual encoding, each value with its line and words, and mistakes in words."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex
import yaml

from coderai.codebook.yaml_mistakes import explained

Place = tuple[str | int, ...]
"""Where something stands: ("variables", 2, "type")."""

MOST_VALUES = 50_000
"""Keys and values together, those that aliases repeat too: a project has a few hundred."""
_TOO_MANY = f"has more than {MOST_VALUES:,} keys and values"
_DEEPEST = 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Those of UTF-32 stand before those of UTF-16, with which they begin."""
_WIDE = tuple(mark for mark, encoding in _BYTE_ORDER_MARKS if encoding != "utf-8")


class YamlUnreadable(Exception):
    """The text is no YAML; the message names the line and says what to do."""


@dataclass(frozen=True, slots=True)
class YamlText:
    """A mapping that was read."""

    plain: Mapping[str, Any]
    """Its values as YAML reads them; dates stay the text that they are written as, which is how the API takes them."""
    lines: Mapping[Place, int]
    """The line of each place, from 1."""
    words: Mapping[Place, str]
    """How each single value that stands without quotes is written: YAML reads `no` as false."""
    repeated: Sequence[Place]
    """Keys that stand more than once in one place: YAML keeps the last."""

    def line(self, place: Place) -> int:
        """The line of a place, or of what it would stand in."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def decode(data: bytes) -> str:
    """The text of a file.

    Raises:
        YamlUnreadable: it is not in UTF-8, nor in UTF-16 or UTF-32 with a byte order mark.
    """
    if b"\x00" in data and not data.startswith(_WIDE):
        raise YamlUnreadable("is in UTF-16 without its mark, or is no text at all: save it as UTF-8")
    mark, encoding = next(((m, e) for m, e in _BYTE_ORDER_MARKS if data.startswith(m)), (b"", "utf-8"))
    try:
        return data.removeprefix(mark).decode(encoding)
    except UnicodeDecodeError as error:
        if mark and mark != codecs.BOM_UTF8:
            raise YamlUnreadable(f"is not in {encoding}, though its first bytes say so: save it as UTF-8") from None
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start : error.start + 1]
        meant = byte.decode("cp1252", "replace")
        raise YamlUnreadable(
            f"line {line}: it is not in UTF-8, but has the byte 0x{byte.hex()}, which is {meant!r} in Latin-1"
            " (Windows-1252): save the file as UTF-8"
        ) from None


def read_yaml(text: str) -> YamlText:
    """Reads a text whose outermost part is a mapping.

    Raises:
        YamlUnreadable: says on which line what is wrong, and what to do about it.
    """
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise YamlUnreadable("must begin with keys such as 'name:' and 'variables:'")
        lines, words = dict[Place, int](), dict[Place, str]()
        for place, line, written in _places(root, (), [0]):
            lines[place] = line
            if written is not None:
                words[place] = written
        repeated = list(_repeated(root))
        return YamlText(loader.construct_document(root), lines, words, repeated)
    except yaml.YAMLError as error:
        raise YamlUnreadable(explained(error, text)) from None
    except RecursionError:
        raise YamlUnreadable("is nested too deep, or an alias (*) refers to what it stands in") from None
    except (TypeError, ValueError) as error:
        raise YamlUnreadable(f"has a key or value that cannot be read: {error}") from None
    finally:
        if loader is not None:
            loader.dispose()


class _Loader(yaml.SafeLoader):
    """Plain values only, and not more than a project can have."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.values = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.values += 1
        if self.values > MOST_VALUES:
            raise YamlUnreadable(_TOO_MANY)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Its keys are the words that stand there."""
        self.flatten_mapping(node)
        for key, _ in node.value:
            key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)


_NOT_OURS = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
"""Of YAML 1.1: dates that are no texts, 12:30 as 750, 010 as 8."""
_INT = regex.compile(r"[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = regex.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$|[-+]?\.inf$|\.nan$", regex.I
)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NOT_OURS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+.0123456789"))


def _places(node: yaml.Node, place: Place, seen: list[int]) -> Iterator[tuple[Place, int, str | None]]:
    """Each place with its line and, of a value without quotes, how it is written; aliases are followed."""
    seen[0] += 1
    if len(place) > _DEEPEST:
        raise RecursionError
    if seen[0] > MOST_VALUES:
        raise YamlUnreadable(_TOO_MANY)
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    yield place, node.start_mark.line + 1, node.value if plain else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _places(value, (*place, _named(key)), seen)
            yield (*place, _named(key)), key.start_mark.line + 1, None
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _places(item, (*place, index), seen)


def _named(key: yaml.Node) -> str:
    """A key's text. Raises YamlUnreadable: it is a list or mapping."""
    if not isinstance(key, yaml.ScalarNode):
        raise YamlUnreadable(f"line {key.start_mark.line + 1}: a key must be a word, not a list or mapping")
    return str(key.value)


def _repeated(node: yaml.Node, place: Place = ()) -> Iterator[Place]:
    if isinstance(node, yaml.MappingNode):
        counts = Counter(_named(key) for key, _ in node.value)
        yield from ((*place, key) for key, count in counts.items() if count > 1 and key != "<<")
        for key, value in node.value:
            yield from _repeated(value, (*place, _named(key)))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, (*place, index))
