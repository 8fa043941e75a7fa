"""What the controls of a form say: the values entered or chosen in it."""

from __future__ import annotations

from lxml.html import HtmlElement

_CHOSEN, _NOT_CHOSEN = "\u2612", "\u2610"
"""Ballot boxes with and without a cross, which word processors show too."""
_WITHOUT_TEXT = frozenset(("button", "file", "hidden", "image", "password", "reset", "submit"))


def control_text(control: HtmlElement) -> str:
    """Of an input, a select or a textarea: its value, boxes with what is ticked, options with what is chosen."""
    if control.tag == "textarea":
        return control.text or ""
    if control.tag == "select":
        return " ".join(f"{_box(option, 'selected')} {_said(option)}" for option in control.iter("option"))
    kind = (control.get("type") or "text").strip().lower()
    if kind in ("checkbox", "radio"):
        return _box(control, "checked")
    return "" if kind in _WITHOUT_TEXT else control.get("value") or ""


def _box(element: HtmlElement, attribute: str) -> str:
    return _NOT_CHOSEN if element.get(attribute) is None else _CHOSEN


def _said(option: HtmlElement) -> str:
    return " ".join((option.get("label") or "".join(option.itertext())).split())
