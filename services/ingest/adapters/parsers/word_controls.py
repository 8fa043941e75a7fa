"""Content controls of Word files (ECMA-376, part 1, 17.5.2)."""

from __future__ import annotations

from typing import Any

from coderai.services.ingest.adapters.parsers.word_fields import CHECKED, UNCHECKED
from coderai.services.ingest.adapters.parsers.word_names import W14, W, switch


def box_of(control: Any) -> str | None:
    """How a control that is a check box reads; None for others."""
    box = control.find(f"{W}sdtPr/{W14}checkbox")
    if box is None:
        return None
    checked = box.find(f"{W14}checked")
    is_on = checked is not None and checked.get(f"{W14}val", "1") not in ("0", "false", "off")
    return CHECKED if is_on else UNCHECKED


def is_unfilled(control: Any) -> bool:
    """Whether a control shows nothing but the words that ask for its content."""
    return switch(control, "sdtPr/showingPlcHdr") or False
