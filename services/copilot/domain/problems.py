"""What can be wrong with a question to the co-pilot."""

from __future__ import annotations

from coderai.kit.errors import Conflict, InvalidInput


class LimitInvalid(InvalidInput):
    """At most 20 suggestions can be asked for."""


class NothingToGoBy(Conflict):
    """The project has no readable documents yet: upload some, or say in the hint what you want to know."""
