"""The names of a table's columns: no two the same, and those that differ from what they are usually, told."""

from __future__ import annotations

from collections.abc import Iterable


class Names:
    """Gives names to columns, of which variables have theirs already."""

    def __init__(self, variables: Iterable[str]) -> None:
        """`variables`: the names of all variables of the project, whichever of them are in the table."""
        self._taken = set(variables)
        self.changed: dict[str, str] = {}
        """What columns are called, by their usual names, where a variable has that."""

    def free(self, name: str) -> str:
        """The name, with as many underscores after it as make it differ from those taken; it is taken then."""
        given = name
        while given in self._taken:
            given += "_"
        self._taken.add(given)
        if given != name:
            self.changed[name] = given
        return given

    def told(self) -> list[str]:
        """A sentence for each name that is another one than usual."""
        return [
            f"The column {name} is called {given}, as a variable is called {name}."
            for name, given in self.changed.items()
        ]
