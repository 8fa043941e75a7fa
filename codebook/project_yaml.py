"""Writes a project's schema as the YAML of a project file: commented, in one order, without what defaults say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from textwrap import indent, wrap
from typing import Any

import regex
import yaml

from coderai.codebook.codebook import Codebook
from coderai.codebook.names import title_of
from coderai.codebook.variable import NOT_DEFINED, Variable

WIDTH = 110
"""Most characters of a line, where a text can be broken."""
EXPLAINED: Mapping[str, str] = {
    "description": "What the research asks: each call to a model tells it.",
    "language": "The documents' language; Mixed when they have several. Without it, the documents' own is taken.",
    "unit": "What one row of the dataset stands for; MULTIPLE when a document gives several rows.",
    "model": "Who codes the documents: offline is the built-in engine, openai:gpt-5-mini a model that needs a key.",
    "token_budget": "A job that would use more is paused.",
    "sample_size": "Documents of the sample run, which comes before the full one.",
    "truth": "Hand-coded values to compare the dataset with; a path from this file's folder.",
    "formats": "What `coderai run` writes.",
    "variables": "Each is one column.",
}
"""What a reader of a project file may want to know of its keys; for `comments` of `to_yaml`."""

_GROUPS = (
    ("name", "description", "domain", "language", "document_type"),
    ("unit",),
    ("model", "verify", "reasoning_effort", "token_budget", "ask_per_variable", "chunk_long_documents"),
    ("sample_size", "truth", "formats"),
)
"""The project's keys: a blank line stands between groups."""
PROJECT_KEYS = (*(key for keys in _GROUPS for key in keys), "variables")
_FIRST = ("name", "display_name", "type", "instructions", "required")
_DEFINED = (*_FIRST, *(f.name for f in fields(Variable) if f.name not in NOT_DEFINED.union(_FIRST)))
VARIABLE_KEYS = (*_DEFINED, "prompt")
PROMPT_KEYS = ("text", "temperature", "max_tokens")
_SHORTEST_BLOCK = 100
"""Characters from which a text stands in lines of its own."""
_BROKEN_OTHERWISE = regex.compile(r"[\r\x85\u2028\u2029]|^\s")
"""In a block YAML would not give these back as they were."""


def to_yaml(plain: Mapping[str, Any], comments: Mapping[str, str] | None = None) -> str:
    """The YAML of a project file, or of any part of one, that reads back as the same project.

    `plain` has the fields of POST projects, `variables` as the API has them (what the server adds is left out; an
    active prompt that a person wrote or chose becomes `prompt`), `sample_size`, `truth` and `formats`: those that are
    absent, empty or a default are left out. `comments` stand above a key ("unit"), above a variable
    ("variables.event_date"), or at the top (""); those of what is left out are left out too.
    """
    told = comments or {}
    parts = [_comment(told.get("", ""))]
    parts += ["".join(_entry(key, plain[key], told) for key in keys if _differs(key, plain)) for keys in _GROUPS]
    if plain.get("variables"):
        variables = "\n".join(_variable_lines(plain["variables"], told))
        parts.append(f"{_comment(told.get('variables', ''))}variables:\n{variables}")
    return "\n".join(part.removeprefix("\n") for part in parts if part)


def _differs(key: str, plain: Mapping[str, Any]) -> bool:
    """Whether a key of the project says what would not hold without it."""
    if key == "sample_size":
        return plain.get(key) is not None  # 0: no sample
    return plain.get(key) not in (None, "", 0, False, {}, [], _PROJECT_DEFAULTS.get(key))


def _entry(key: str, value: Any, comments: Mapping[str, str]) -> str:
    """A key of the project, after a blank line where it has a comment."""
    comment = _comment(comments.get(key, ""))
    text = _dump({key: _unit(value) if key == "unit" else value})
    return f"\n{comment}{text}" if comment else text


def _unit(plain: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("row_is", "rows_per_document", "entity_identification_pattern")
    return {key: plain[key] for key in keys if plain.get(key)}


def _variable_lines(variables: Sequence[Mapping[str, Any]], comments: Mapping[str, str]) -> Iterator[str]:
    for plain in variables:
        comment = _comment(comments.get(f"variables.{plain.get('name')}", ""))
        yield indent(comment + _dump([variable_form(plain)]), "  ")


def variable_form(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A variable's keys as a project file has them, in their order, without what its defaults say."""
    form = {key: plain[key] for key in _DEFINED if key in plain and plain[key] not in _unsaid(key, plain)}
    if "categories" in form:
        form["categories"] = [c if c.get("description") else c["value"] for c in form["categories"]]
    for key in ("validation_rules", "depends_on", "golden_examples"):
        if key in form:
            form[key] = _without_empty(form[key])
    prompt = plain.get("active_prompt") or plain.get("prompt") or {}
    if prompt.get("text") and prompt.get("origin") != "GENERATED":
        form["prompt"] = {key: prompt[key] for key in PROMPT_KEYS if prompt.get(key) is not None}
    return {key: value for key, value in form.items() if value not in ({}, [])}


def _unsaid(key: str, plain: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of a variable's key that need not be written."""
    if key == "default_value":
        return (None,)
    usual = title_of(str(plain.get("name", ""))) if key == "display_name" else _VARIABLE_DEFAULTS[key]
    return (None, "", (), [], {}, usual)


def _without_empty(value: Any) -> Any:
    """A part of a variable without the fields that say nothing; an example whose value is null says just that."""
    if isinstance(value, list | tuple):
        return [_without_empty(part) for part in value]
    if isinstance(value, Mapping):
        is_example = "text" in value
        return {
            key: part
            for key, part in value.items()
            if (key == "value" and is_example) or not (part is None or part in ("", (), []))
        }
    return value


def _comment(text: str) -> str:
    """Lines of a comment; empty for an empty text."""
    printable = yaml.reader.Reader.NON_PRINTABLE.sub(" ", text)
    lines = [line for part in printable.splitlines() for line in wrap(part, WIDTH) or [""]]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


class _Writer(yaml.SafeDumper):
    """Lists stand deeper than their key, long texts in blocks, and everything where it belongs."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _BROKEN_OTHERWISE.search(text):
        style = '"'
    elif "\n" in text.strip("\n"):
        style = "|"
    elif "\n" in text or len(text) > _SHORTEST_BLOCK:
        style = ">"
    return writer.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


_Writer.add_representer(str, _text)
_Writer.add_multi_representer(str, _text)
_Writer.add_representer(tuple, yaml.SafeDumper.represent_list)


def _dump(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )
    return text


def _defaults(kind: type[Any]) -> dict[str, Any]:
    return {field.name: None if field.default is MISSING else field.default for field in fields(kind)}


_VARIABLE_DEFAULTS = _defaults(Variable)
_PROJECT_DEFAULTS = _defaults(Codebook)
