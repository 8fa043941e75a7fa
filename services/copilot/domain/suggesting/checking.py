"""What every suggestion satisfies, whichever engine made it: its quotes stand in the documents, it has limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from coderai.services.copilot.domain.proposal import CategoryCount, Draft, SourceQuote
from coderai.services.copilot.domain.sample import SampledDocument, find_quote
from coderai.services.copilot.domain.suggesting.ideas import CategoryIdea, Claim

LONGEST = 2_000
"""Code points of instructions or of a reason."""
MOST_CATEGORIES = 50
MOST_QUOTES = 5
"""That a suggestion keeps."""
_MOST_CLAIMS = 50
"""That are looked for, of one suggestion."""
_LEAST_SAID = 2
"""Letters and digits of a quote."""


class Refused(Exception):
    """A suggestion is left out; says why in words that follow its name."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of ideas: what may be proposed, and why the rest may not, a sentence each."""

    drafts: tuple[Draft, ...]
    left_out: tuple[str, ...] = ()


def found(claims: Iterable[Claim], documents: Sequence[SampledDocument]) -> list[SourceQuote]:
    """Where the quotes stand, those of different documents first; without those that no document has."""
    seen: dict[tuple[str, int], SourceQuote] = {}
    for claim in islice(claims, _MOST_CLAIMS):
        if sum(map(str.isalnum, claim.quote)) >= _LEAST_SAID:
            ordered = sorted(documents, key=lambda document: document.id != claim.document)
            quote = find_quote(claim.quote, ordered)
            if quote is not None:
                seen.setdefault((quote.document_id, quote.start), quote)
    firsts: dict[str, SourceQuote] = {}
    for quote in seen.values():
        firsts.setdefault(quote.document_id, quote)
    return [*firsts.values(), *(quote for quote in seen.values() if firsts[quote.document_id] is not quote)]


def not_found(claims: Sequence[Claim]) -> str:
    """Why a suggestion is left out that none of its quotes bears out."""
    if not claims:
        return "it comes with no quote from the documents"
    shown = short(claims[0].quote)
    return f"no document of the sample has what it quotes (“{shown}”)"


def counted(categories: Iterable[CategoryIdea], documents: Sequence[SampledDocument]) -> list[CategoryCount]:
    """The categories, each value once, with the number of documents that have a quote for it, and the first."""
    kept: dict[str, CategoryCount] = {}
    for idea in categories:
        value = " ".join(idea.value.split())
        if value and value.casefold() not in kept:
            quotes = found(idea.claims, documents)
            many = len({quote.document_id for quote in quotes})
            kept[value.casefold()] = CategoryCount(value, many, quotes[0] if quotes else None)
    return list(kept.values())


def short(text: str, longest: int = 80) -> str:
    """A text as a message names it."""
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"
