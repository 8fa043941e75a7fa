"""Markdown: its text as it is written, since its marks are readable; what stands in front of it is metadata too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.tables import flat
from coderai.services.ingest.domain.text import normalise

_LONGEST_FRONT = 64 * 1024
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?\r?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
_UNREAD = "the front matter is no plain YAML: it is text alone, and no metadata"


class _WithoutAliases(yaml.SafeLoader):
    """An alias makes a few bytes stand for much."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def parse(data: bytes, _: Tools) -> Extract:
    """One page. The front matter (YAML between lines of ---) stays in the text, where it can be quoted."""
    decoded = decode(data)
    metadata, warnings = _front_matter(decoded.text[:_LONGEST_FRONT])
    report = Report("markdown", decoded.encoding, warnings=(*decoded.warnings, *warnings))
    return Extract([normalise(decoded.text)], report, metadata)


def _front_matter(head: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    found = _FRONT.match(head)
    if found is None:
        return {}, ()
    try:
        # Bandit's S506 does not know that the loader is a safe one.
        values = yaml.load(found[1], _WithoutAliases)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError):
        return {}, (_UNREAD,)
    return (flat(values), ()) if isinstance(values, Mapping) else ({}, ())


FORMAT = Format("MARKDOWN", parse, (".md", ".markdown", ".mdown", ".mkd"))
