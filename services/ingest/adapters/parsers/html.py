"""HTML: the main text of a page, without menus, advertisements and the like."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import lxml.html
from lxml.etree import ParserError
from readability import Document  # type: ignore[import-untyped]
from readability.readability import Unparseable  # type: ignore[import-untyped]

from coderai.language.words import count_words
from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.markup import visible_text
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, NoText
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_BEGINNING = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_LEAST_SHARE = 0.1
"""A main text with fewer of the page's words is taken for a mistake."""
_MENU_LINK_DENSITY = 0.4
"""Share of a list's or table's text in links above which it may be a menu."""
_LIMIT_REACHED = "ERR_RESOURCE_LIMIT"
"""What libxml2 notes when it stops in the middle of a page."""
_META = {
    "author": ("author", "article:author", "dc.creator"),
    "published": ("article:published_time", "date", "dc.date", "datePublished"),
}
"""What a page says of itself, by the names that sites use for it (Open Graph, Dublin Core, schema.org)."""

logging.getLogger("readability").setLevel(logging.CRITICAL)


class _Article(Document):  # type: ignore[misc]
    """Finds the article; keeps lists and tables, of which the library drops small ones, unless they are links."""

    def get_preserved_elements(self, node: Any) -> set[Any]:
        kept: set[Any] = set(super().get_preserved_elements(node))
        return kept | {e for e in node.iter("table", "ul", "ol") if self.get_link_density(e) < _MENU_LINK_DENSITY}


def parse(data: bytes, _: Tools) -> Extract:
    """The title and the main text; the whole page where no main text can be told from the rest.

    Raises:
        UnknownFormat: it is no text. NoText: there is nothing in it. FileDamaged: it nests too deep.
    """
    decoded = decode(data, may_declare=True)
    page = _parsed(decoded.text)
    text, warnings = _chosen(_main_text(decoded.text), normalise(visible_text(page)))
    title = _title(page, text)
    if title not in text:
        text = f"{title}\n\n{text}"
    report = Report("readability", decoded.encoding, warnings=(*decoded.warnings, *warnings))
    return Extract([text], report, _metadata(page, title))


def _parsed(html: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        page = lxml.html.document_fromstring(html.encode(), parser=parser)
    except ParserError as error:
        raise NoText() from error
    if any(entry.type_name == _LIMIT_REACHED for entry in parser.error_log):
        raise FileDamaged(
            "the page nests its elements thousands deep, so that the rest of it cannot be read: save it anew"
        )
    return page


def _main_text(html: str) -> str:
    try:
        return normalise(visible_text(lxml.html.document_fromstring(_Article(html).summary())))
    except (Unparseable, ParserError):
        return ""


def _chosen(main: str, whole: str) -> tuple[str, tuple[str, ...]]:
    main_words, whole_words = count_words(main), count_words(whole)
    if main_words < _LEAST_SHARE * whole_words:
        return whole, ("the page's main text could not be told from its menus: all of it was taken",)
    left_out = whole_words - main_words
    return main, (f"{left_out} of the page's {whole_words} words were left out as menus and the like",) * (left_out > 0)


def _title(page: Any, text: str) -> str:
    """The article's headline, unless the only one is the site's name; else the page's own title."""
    name = _meta(page, "og:title") or _one_line(page.findtext(".//title") or "")
    headlines = [headline for h1 in page.iter("h1") if (headline := _one_line(visible_text(h1)))]
    return next((headline for headline in headlines if headline in text or headline in name), name)


def _metadata(page: Any, title: str) -> Mapping[str, Any]:
    found = {"title": title}
    for key, names in _META.items():
        found[key] = next((value for name in names if (value := _meta(page, name))), "")
    return {key: value for key, value in found.items() if value}


def _meta(page: Any, name: str) -> str:
    contents = page.xpath("//meta[@name=$name or @property=$name or @itemprop=$name]/@content", name=name)
    return _one_line(str(contents[0])) if contents else ""


def _one_line(text: str) -> str:
    return normalise(text).replace("\n", " ")


FORMAT = Format(
    "HTML", parse, (".html", ".htm", ".xhtml"), is_certain=lambda file: _BEGINNING.match(file.head) is not None
)
