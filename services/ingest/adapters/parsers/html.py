"""HTML: the main text of a page, without menus, advertisements and the like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import lxml.html
from lxml.etree import ParserError

from coderai.language.words import count_words
from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.html_outline import Outline
from coderai.services.ingest.adapters.parsers.html_surroundings import surroundings
from coderai.services.ingest.adapters.parsers.markup import text_and_rest, visible_text
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, NoText
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_BEGINNING = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_LEAST_SHARE = 0.2
"""Of a page's words that are in no link; when less is left, what was left out was no menu."""
_MOST_LEFT_OUT, _LONGEST_LEFT_OUT = 200, 500
"""Blocks left out that the report names, and characters of each."""
_HEADLINES = 20
"""Headlines of a page among which its own is looked for."""
_LIMIT_REACHED = "ERR_RESOURCE_LIMIT"
"""What libxml2 notes when it stops in the middle of a page."""
_META = {
    "author": ("author", "article:author", "dc.creator"),
    "published": ("article:published_time", "date", "dc.date", "datePublished"),
}
"""What a page says of itself, by the names that sites use for it (Open Graph, Dublin Core, schema.org)."""


def parse(data: bytes, tools: Tools) -> Extract:
    """What the page is about; the whole page where too little would be left of it, or where that is wanted.

    Raises:
        UnknownFormat: it is no text. NoText: there is nothing in it. FileDamaged: it nests too deep.
    """
    decoded = decode(data, may_declare=True)
    page = _parsed(decoded.text)
    left_out, warnings = ([], ()) if tools.whole else _left_out(page)
    text, rest = text_and_rest(page, frozenset(left_out))
    text, rest = normalise(text), [said for block in rest if (said := normalise(block))]
    title = _title(page, text)
    if rest and title not in text:
        text = f"{title}\n\n{text}"
    if rest:
        count = sum(count_words(block) for block in rest)
        warnings = (f"{count} of the page's {count + count_words(text)} words were left out as menus and the like",)
    report = Report("lxml", decoded.encoding, warnings=(*decoded.warnings, *warnings), left_out=_named(rest))
    return Extract([text], report, _metadata(page, title))


def _parsed(html: str) -> Any:
    # Comments go at once: lxml's walk takes time with the square of how many there are in a row.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        page = lxml.html.document_fromstring(html.encode(), parser=parser)
    except ParserError as error:
        raise NoText() from error
    if any(entry.type_name == _LIMIT_REACHED for entry in parser.error_log):
        raise FileDamaged(
            "the page nests its elements thousands deep, so that the rest of it cannot be read: save it anew"
        )
    return page


def _left_out(page: Any) -> tuple[list[int], tuple[str, ...]]:
    """Numbers of the elements to leave out, and what to be warned of."""
    outline = Outline(page)
    numbers = surroundings(outline)
    if not numbers:
        return [], ()
    everything, rest = outline.without(()), outline.without(frozenset(numbers))
    said, left = (counts.words[0] - counts.linked[0] for counts in (everything, rest))
    if rest.words[0] and left >= _LEAST_SHARE * said:
        return numbers, ()
    return [], ("the page's main text could not be told from its menus: all of it was taken",)


def _named(rest: Sequence[str]) -> tuple[str, ...]:
    return tuple(block[:_LONGEST_LEFT_OUT] for block in rest[:_MOST_LEFT_OUT])


def _title(page: Any, text: str) -> str:
    """The article's headline, unless the only one is the site's name; else the page's own title."""
    name = _meta(page, "og:title") or _one_line(page.findtext(".//title") or "")
    first = islice(page.iter("h1"), _HEADLINES)
    headlines = [headline for h1 in first if (headline := _one_line(visible_text(h1)))]
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
