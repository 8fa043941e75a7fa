"""What is wrong with a definition, collected field by field so that a person sees all of it at once."""

from __future__ import annotations

from coderai.kit.errors import AlreadyExists, Conflict, InvalidInput


class ProjectInvalid(InvalidInput):
    """The project's definition has mistakes."""


class VariableInvalid(InvalidInput):
    """The variable's definition has mistakes."""


class ColumnNameTaken(VariableInvalid):
    """The variable is called as a column of the dataset is: give it another name."""


class VariableNameTaken(AlreadyExists):
    """The project has a variable of this name already."""


class VariableInUse(Conflict):
    """Other variables depend on this one."""


class TooManyVariables(InvalidInput):
    """A project has 200 variables at most."""


class CodebookTooLarge(InvalidInput):
    """All variables of a project together may have 4 MiB: shorten instructions, descriptions or examples."""


class GroundChanged(Conflict):
    """What the change was proposed for has changed since."""


class PromptInvalid(InvalidInput):
    """The prompt has mistakes."""


class Problems:
    """Collects what is wrong by field; several for one field are joined."""

    def __init__(self) -> None:
        self.by_field: dict[str, str] = {}

    def unless(self, fine: bool, field: str, message: str) -> None:
        """Notes `message` about `field` unless `fine`."""
        if not fine:
            earlier = self.by_field.get(field)
            self.by_field[field] = f"{earlier}; {message}" if earlier else message

    def raise_as(self, error: type[InvalidInput], thing: str) -> None:
        """Raises `error` when anything was noted."""
        if not self.by_field:
            return
        text = "; ".join(f"{field} {message}" for field, message in self.by_field.items())
        raise error(f"{thing} cannot be saved: {text}", fields=self.by_field)
