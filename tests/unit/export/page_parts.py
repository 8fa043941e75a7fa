"""Takes a written page apart, for tests: its policy, blocks of data, style and script."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from coderai.services.export.adapters.html_file import write_html
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.texts import Texts


@dataclass
class Page(HTMLParser):
    """What a browser's parser finds in the file."""

    policy: str = ""
    styles: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    """Those that run."""
    blocks: dict[str, str] = field(default_factory=dict)
    """Those that are data, by their ids, in order."""
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    title: str = ""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self._open, self._id = "", ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.append((tag, found))
        self._open, self._id = tag, found.get("id") or ""
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""
        if tag == "script" and "type" not in found:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "style":
            self.styles.append(data)
        elif self._open == "title":
            self.title += data
        elif self._open == "script" and self._id:
            self.blocks[self._id] = self.blocks.get(self._id, "") + data
        elif self._open == "script":
            self.scripts[-1] += data

    @property
    def about(self) -> dict[str, Any]:
        return json.loads(self.blocks["about"])  # type: ignore[no-any-return]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Of all blocks, each with its rows."""
        blocks = [unpacked(text) for name, text in self.blocks.items() if name.startswith("rows-")]
        return [document for block in blocks for document in block["documents"]]

    def text(self, document: dict[str, Any]) -> str:
        group, at = document["text"]
        return unpacked(self.blocks[f"texts-{group}"])[at]  # type: ignore[no-any-return]


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(b64decode(text, validate=True)))


def digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def written(dataset: Dataset, path: Path, texts: Texts | None = None) -> Page:
    """The page of a dataset, whose file is `path`."""
    write_html(replace(dataset, texts=texts), path)
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page
