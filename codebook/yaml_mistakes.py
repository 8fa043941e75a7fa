"""Says in words what YAML's reader did not like, for people who do not know YAML."""

from __future__ import annotations

import yaml

_IN_QUOTES = "put the whole text in quotes, or on lines of its own below 'key: >'"
_EXPLAINED = (
    ("character '\\t'", "it begins with a tab; YAML wants spaces there"),
    (
        "mapping values are not allowed",
        f"a ': ' stands inside of a text, or the line is indented by mistake: {_IN_QUOTES}",
    ),
    ("sequence entries are not allowed", "a '- ' stands where no list can begin: put the list on lines of its own"),
    ("could not find expected ':'", "the line before it is no 'key: value'; a text that goes on must be indented"),
    ("found unexpected end of stream", "a quote is opened here and never closed"),
    ("that cannot start any token", f"a value begins with a character that YAML keeps for itself: {_IN_QUOTES}"),
    ("but found '<scalar>'", f"something follows a closing quote: {_IN_QUOTES}"),
    ("<block end>", "it is not indented as the lines before it: what belongs together begins in one column"),
    ("'<stream end>'", "a bracket, here or before, is opened and never closed"),
    ("undefined alias", "a value begins with *, which YAML keeps for itself: put it in quotes"),
    ("unknown escape character", "a \\ stands inside of double quotes: take single quotes, or write \\\\"),
    ("single document", "a second document begins with '---': it belongs into a file of its own"),
    ("constructor for the tag", "a value begins with !, which YAML keeps for itself: put it in quotes"),
)
"""What YAML's reader says, in part, and what it means; the first that fits."""


def explained(error: yaml.YAMLError, text: str) -> str:
    """On which line what is wrong, and what to do about it."""
    if isinstance(error, yaml.reader.ReaderError):
        line, character = text.count("\n", 0, error.position) + 1, ord(text[error.position])
        return f"line {line}: it has a character that YAML does not take (U+{character:04X}); remove it"
    if not isinstance(error, yaml.MarkedYAMLError):
        return f"cannot be read as YAML: {error}"
    problem = error.problem or error.context or ""
    meaning = next((told for said, told in _EXPLAINED if said in problem or said in (error.context or "")), "")
    opened = problem.startswith("found unexpected end") or "<stream end>" in problem
    mark = (error.context_mark if opened else error.problem_mark) or error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}: " if mark else ""
    return f"{where}{meaning or f'it cannot be read as YAML: {problem}'}"
