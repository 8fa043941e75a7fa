"""Fields of Word files (ECMA-376, part 1, 17.16): what they show is text, how that was found is not."""

from __future__ import annotations

from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import DELETED, MC, W, number, value

CHECKED, UNCHECKED = "☒", "☐"
_CHARACTER = f"{W}fldChar"
_UNREAD = (*DELETED, f"{MC}Fallback")


class Fields:
    """Follows the fields of one story: which are open, and whether the text at hand is shown."""

    def __init__(self, root: Any) -> None:
        """`root`: of the story. Where its fields do not begin and end in pairs all text counts as shown."""
        self._are_paired = _are_paired(root)
        self._open: list[bool] = []
        """For each open field whether it shows what comes next."""
        self._unshown = 0

    @property
    def shows(self) -> bool:
        """Whether the text at hand is shown."""
        return not self._unshown

    def meet(self, character: Any) -> str:
        """Goes past the begin, the middle or the end of a field; gives what a field of a form shows by itself."""
        said = ""
        match character.get(f"{W}fldCharType") if self._are_paired else "":
            case "begin":
                said = _form_value(character) if self.shows else ""
                self._open.append(False)
                self._unshown += 1
            case "separate" if self._open and not self._open[-1]:
                self._open[-1] = True
                self._unshown -= 1
            case "end" if self._open:
                self._unshown -= not self._open.pop()
        return said


def _are_paired(root: Any) -> bool:
    depth = 0
    for character in root.iter(_CHARACTER):
        if next(character.iterancestors(*_UNREAD), None) is not None:
            continue
        kind = character.get(f"{W}fldCharType")
        depth += (kind == "begin") - (kind == "end")
        if depth < 0 or (kind == "separate" and not depth):
            return False
    return depth == 0


def _form_value(begin: Any) -> str:
    """What a check box or a drop-down list of a form shows; the text of other fields is their result."""
    data = begin.find(f"{W}ffData")
    if data is None:
        return ""
    if (box := data.find(f"{W}checkBox")) is not None:
        set_to = box.find(f"{W}checked")
        return _box(box.find(f"{W}default") if set_to is None else set_to)
    choices = [entry.get(f"{W}val", "") for entry in data.iterfind(f"{W}ddList/{W}listEntry")]
    index = number(value(data, "ddList/result") or value(data, "ddList/default"), 0, 0, len(choices))
    return choices[index] if index < len(choices) else ""


def _box(switch: Any) -> str:
    is_on = switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off")
    return CHECKED if is_on else UNCHECKED
