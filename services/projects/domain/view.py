"""A saved view: what the grid of a dataset shows to one person, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from coderai.codebook.problems import Problems
from coderai.services.projects.domain.problems import ViewInvalid

MOST_VIEWS = 50
"""Of one user in one project."""
_LONGEST_NAME = 100
_WIDTHS = range(20, 2001)
"""CSS pixels."""
_NOT_VARIABLES = ("document", "entity")


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column as a view shows it."""

    column: str
    """A variable's id, or `document` or `entity`."""
    width: int = 0
    """CSS pixels; 0 for the usual width."""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A view of one user."""

    id: UUID
    project_id: UUID
    name: str = ""
    filter: tuple[str, ...] = ()
    sort: str = ""
    columns: tuple[ViewColumn, ...] = ()

    def changed(self, plain: Mapping[str, Any]) -> Self:
        """This view with the fields in `plain` in place of its own.

        Raises:
            ViewInvalid: says per field what is wrong.
        """
        read: dict[str, Any] = {name: plain[name] for name in ("name", "sort") if name in plain}
        if "name" in read:
            read["name"] = read["name"].strip()
        if "filter" in plain:
            read["filter"] = tuple(plain["filter"])
        if "columns" in plain:
            read["columns"] = tuple(ViewColumn(**column) for column in plain["columns"])
        view = replace(self, **read)
        view._check()
        return view

    def _check(self) -> None:
        problems, seen = Problems(), set[str]()
        problems.unless(0 < len(self.name) <= _LONGEST_NAME, "name", f"must have 1 to {_LONGEST_NAME} characters")
        for number, one in enumerate(self.columns):
            at = f"columns.{number}"
            problems.unless(_is_column(one.column), f"{at}.column", "must be a variable's id, document or entity")
            problems.unless(one.column not in seen, f"{at}.column", "stands there twice")
            problems.unless(one.width == 0 or one.width in _WIDTHS, f"{at}.width", "must be 20 to 2000, or 0")
            seen.add(one.column)
        problems.raise_as(ViewInvalid, "the view")


def _is_column(text: str) -> bool:
    if text in _NOT_VARIABLES:
        return True
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
