"""Which template a command is about: its id, or its name."""

from __future__ import annotations

from coderai.client.api import CoderAI
from coderai.client.errors import UsageError
from coderai.client.models import Template


class TemplateUnclear(UsageError):
    """No template is called so."""


def choose_template(api: CoderAI, wanted: str) -> Template:
    """The template with this id or name, whole; the case of letters counts only where names differ in nothing else.

    Raises:
        TemplateUnclear: none is called so; names those that there are.
    """
    known = list(api.templates())
    for same in (str, str.casefold):
        found = [one for one in known if same(wanted) in (same(one.id), same(one.name))]
        if len(found) == 1:
            return api.template(found[0].id)
    names = ", ".join(one.id if one.ships else repr(one.name) for one in known)
    raise TemplateUnclear(f"no template is called {wanted!r}; there are: {names}")
