"""What the steps of a setup rest on, and what of it has changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from coderai.codebook.codebook import Unit
from coderai.codebook.fingerprints import asked, settings
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain.setup.step import Step

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Known:
    """A variable as a step knew it."""

    id: str
    name: str
    definition: str
    """A fingerprint of what is asked and of what is made of the answers."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A project and its documents, as far as steps rest on them."""

    language: str = ""
    """That of the documents, in English; "Mixed" where they have several, empty where none was detected."""
    row_is: str = ""
    rows_per_document: str = ""
    entity_identification_pattern: str = ""
    variables: tuple[Known, ...] = ()


def ground(language: str, unit: Unit, variables: Sequence[Variable]) -> Ground:
    """What steps rest on, as things are now."""
    known = (Known(one.id, one.name, f"{asked(one, unit)} {settings(one)}") for one in variables)
    row_is = " ".join(unit.row_is.split())
    return Ground(language, row_is, unit.rows_per_document, unit.entity_identification_pattern.strip(), tuple(known))


def change(step: Step, before: Ground, now: Ground) -> str:
    """Why what was made of a step no longer fits, in a sentence; empty when it does."""
    return next(filter(None, (told(before, now) for told in _RESTS_ON[step])), "")


def _language(before: Ground, now: Ground) -> str:
    if not now.language or before.language == now.language:
        return ""
    was = f" and were {before.language} then" if before.language else ""
    return f"The documents' language is {now.language} by now{was}."


def _rows(before: Ground, now: Ground) -> str:
    """What a row is, without how one is recognised: variables ask the same of a row however it is found."""
    if (before.row_is.casefold(), before.rows_per_document) == (now.row_is.casefold(), now.rows_per_document):
        return ""
    was, is_now = (f"“{one.row_is}” ({one.rows_per_document})" for one in (before, now))
    return f"A row was {was}, and is {is_now} now."


def _pattern(before: Ground, now: Ground) -> str:
    same = before.entity_identification_pattern == now.entity_identification_pattern
    return "" if same else "How a row is recognised in a document has changed."


def _none_left(before: Ground, now: Ground) -> str:
    return "The project has no variable any more." if before.variables and not now.variables else ""


def _variables(before: Ground, now: Ground) -> str:
    were, are = ({one.id: one for one in some.variables} for some in (before, now))
    added = [one.name for one in now.variables if one.id not in were]
    removed = [one.name for one in before.variables if one.id not in are]
    changed = [one.name for one in now.variables if one.id in were and one != were[one.id]]
    told = [
        f"{what} {_named(names)}" for what, names in (("new", added), ("gone", removed), ("changed", changed)) if names
    ]
    return f"Variables since then: {'; '.join(told)}." if told else ""


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


_Told = Callable[[Ground, Ground], str]
_RESTS_ON: Mapping[Step, Sequence[_Told]] = {
    Step.CONTEXT: (_language,),
    Step.UNIT: (),
    Step.VARIABLES: (_rows, _none_left),
    Step.REVIEW: (_rows, _pattern, _variables),
}
"""Of each step what makes it outdated once it has changed; a unit rests on documents and a person's wish alone."""
