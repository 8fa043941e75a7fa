"""Finds labelled fields ("Cause: worn line") whose labels recur across documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.offline.finding import Finding, enough
from coderai.services.copilot.domain.offline.value_types import guess_type
from coderai.services.copilot.domain.question import Document

_MARK = r"[ \t]*[:：][ \t]*"
_LABEL = r"(?P<label>{first}[\p{{L}}\p{{M}}\p{{N}}'’/()&. -]{{0,39}}?)"
_LINE = regex.compile(
    r"(?m)^[ \t]*(?:[-*•][ \t]*)?" + _LABEL.format(first=r"\p{L}") + _MARK + r"(?P<value>(?!//)[^\s][^\n]{0,199})$"
)
_INLINE = regex.compile(
    r"(?<=[.;|]\s)" + _LABEL.format(first=r"[\p{Lu}\p{Lo}]") + _MARK + r"(?P<value>[^\s][^\n.;|]{0,99})"
)
_MOST_WORDS = 5
_FORM = {
    VariableType.TEXT: "",
    VariableType.NUMBER: " Give the number alone, without its unit.",
    VariableType.DATE: " Give it as precisely as it is stated.",
    VariableType.CATEGORY: " Choose from the values listed.",
    VariableType.BOOLEAN: " True or false, only if the document says so.",
}


def labelled_fields(documents: Sequence[Document]) -> Iterator[Finding]:
    """Fields whose label stands in several documents, with the type that their values have."""
    seen: dict[str, dict[str, tuple[str, str]]] = {}
    values: dict[str, list[str]] = {}
    for document in documents:
        for match in (*_LINE.finditer(document.text), *_INLINE.finditer(document.text)):
            label, value = " ".join(match["label"].split()), match["value"].strip()
            if len(label.split()) <= _MOST_WORDS:
                seen.setdefault(label.casefold(), {}).setdefault(document.name, (label, match.group().strip()))
                values.setdefault(label.casefold(), []).append(value)
    for key, places in seen.items():
        if len(places) >= enough(documents):
            yield _finding(places, values[key])


def _finding(places: dict[str, tuple[str, str]], values: Sequence[str]) -> Finding:
    label = next(iter(places.values()))[0]
    type, categories = guess_type(values)
    quoted = label.replace("{", "").replace("}", "")
    return Finding(
        label=label,
        type=type,
        instructions=f"What the document gives as “{quoted}” for {{row}}.{_FORM[type]}",
        seen={name: example for name, (_, example) in places.items()},
        promise=1.0,
        categories=categories,
    )
