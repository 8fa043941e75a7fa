"""The text of parsed HTML, block by block in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_BLOCKS = frozenset(
    """address article aside body caption center dd details dialog div dt fieldset figcaption footer form header hgroup
    hr html legend li main menu nav summary tbody tfoot thead title tr""".split()  # noqa: SIM905
)
_PARAGRAPHS = frozenset("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre section table ul".split())  # noqa: SIM905
_UNSEEN = frozenset(
    "script style noscript template svg object embed iframe head select textarea button".split()  # noqa: SIM905
)
_CELLS = frozenset(("td", "th"))
_PARAGRAPH = "\x1e"
"""Stands for a paragraph's bound until all text is joined; pages cannot have it."""
_PARAGRAPH_BOUNDS = re.compile(f"[ \n]*{_PARAGRAPH}[ \n{_PARAGRAPH}]*")
_LINE_BOUNDS = re.compile(r" *\n[ \n]*")


def visible_text(root: HtmlElement) -> str:
    """The text below an element: a line for each block, a blank line around paragraphs, bars between table cells."""
    return _PARAGRAPH_BOUNDS.sub("\n\n", _LINE_BOUNDS.sub("\n", "".join(_pieces(root))))


def _pieces(root: HtmlElement) -> Iterator[str]:
    """Walks without recursion, as pages nest elements as deep as they like."""
    pending: list[HtmlElement | str] = [root]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
            continue
        if item is not root and item.tail:
            pending.append(_flowing(item, item.tail))
        if not isinstance(item.tag, str) or item.tag in _UNSEEN:
            continue
        before, after = _around(item)
        pending.append(after)
        pending.extend(reversed(item))
        if item.text:
            pending.append(_flowing(item, item.text))
        pending.append(before)


def _around(element: HtmlElement) -> tuple[str, str]:
    if element.tag in _PARAGRAPHS:
        return _PARAGRAPH, _PARAGRAPH
    if element.tag in _CELLS:
        return "", " | " if element.getnext() is not None else ""
    if element.tag == "br":
        return "\n", ""
    if element.tag == "li":
        return "\n- ", "\n"
    return ("\n", "\n") if element.tag in _BLOCKS else ("", "")


def _flowing(element: HtmlElement, text: str) -> str:
    """Text as a browser shows it: line ends are spaces, unless it is preformatted."""
    if element.tag == "pre" or next(element.iterancestors("pre"), None) is not None:
        return re.sub(r"\n\s*\n", _PARAGRAPH, text)
    return " ".join(("x" + text + "x").split())[1:-1]
