"""Makes elements of DDI-Codebook 2.5 from any texts."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

from coderai.services.export.domain.unicode_text import as_xml

NAMESPACE = "ddi:codebook:2_5"
Element: TypeAlias = etree._Element


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Adds an element as the last child; characters that XML does not have become U+FFFD."""
    plain = {key: as_xml(value) for key, value in attributes.items()}
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", plain)
    made.text = as_xml(text) or None
    return made


def add_text(parent: Element, name: str, text: str, /, **attributes: str) -> None:
    """The same, but nothing where the text is empty."""
    if text:
        add(parent, name, text, **attributes)
