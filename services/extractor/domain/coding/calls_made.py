"""Plans again which calls a coded document was asked in, from its text, its codebook and its receipt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import rounds
from coderai.engines.calls import Call, CallKind, Passage
from coderai.services.extractor.domain.coding import entities, planning
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Found
from coderai.services.extractor.domain.coding.relevance import passages_about

OF_ITSELF = 0
"""The number of an entity that is the document itself."""


@dataclass(frozen=True, slots=True)
class Coding:
    """What is kept of how a document was coded."""

    entities: Sequence[Found] = ()
    """Those of its receipt."""
    chunks_sent: int = 0
    """How many of its passages were asked about, as its receipt says."""
    wording: str = ""
    """Of its receipt (domain.coding.wording)."""
    only: Collection[str] | None = None
    """Names of the only variables that were asked; None when all were."""
    identified: bool = True
    """Whether its entities were looked for; else they are those that the dataset had."""
    left_out: Mapping[int, Collection[str]] | None = None
    """By the entity's number, names of variables whose conditions do not hold in the end."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made."""

    call: Call
    entity_index: int = OF_ITSELF
    follows: bool = False
    """Whether what it asks follows from answers to other calls, as these stand in the end."""


def calls_made(codebook: Codebook, document: Document, coding: Coding) -> list[Made] | None:
    """The calls about passages, in the order of the plan; None when these are not the passages that were asked about.

    What was asked further is not among them: repairs, the halves of what was too much at once, lists that went on.
    """
    passages, made = document.passages(), list[Made]()
    if not codebook.unit.multiple:
        made += _extracting(codebook, OF_ITSELF, None, passages, coding)
    else:
        if coding.identified:
            made += _identifying(codebook, document, passages, coding)
        about = passages_about(coding.entities, passages)
        for found, of_entity in zip(coding.entities, about, strict=True):
            made += _extracting(codebook, found.index, found, of_entity, coding)
    return made if len({one.call.passage.start for one in made}) == coding.chunks_sent else None


def about_answers(codebook: Codebook) -> list[Call]:
    """A call of each kind that asks about answers, without any: what stands in them is not kept."""
    kinds = [CallKind.SAME] if codebook.unit.multiple else []
    return [Call(kind, codebook, Passage("")) for kind in (*kinds, CallKind.JUDGE, CallKind.DECIDE)]


def _identifying(codebook: Codebook, document: Document, passages: Sequence[Passage], coding: Coding) -> Iterator[Made]:
    mentions = [mention for found in coding.entities for mention in found.mentions]
    for wave in planning.waves(passages):
        before = [mention for mention in mentions if mention.passage < wave[0].start]
        known = entities.merge(before, document.language, document.text)
        calls = planning.identify_calls(codebook, wave, tuple(entity.text for entity in known))
        yield from (Made(call, follows=wave[0] is not passages[0]) for call in calls)


def _extracting(
    codebook: Codebook, number: int, found: Found | None, passages: Sequence[Passage], coding: Coding
) -> Iterator[Made]:
    variables = [v for v in codebook.variables if coding.only is None or v.name in coding.only]
    left_out = (coding.left_out or {}).get(number, ())
    for several in rounds(variables):
        asked = [variable for variable in several if variable.name not in left_out]
        calls = planning.extract_calls(codebook, passages, asked, found.asked() if found else None)
        follows = any(variable.depends_on for variable in several)
        yield from (Made(call, number, follows) for call in calls)
