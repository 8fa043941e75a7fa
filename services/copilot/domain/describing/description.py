"""What documents are, as far as they tell it: a domain and a document type, each with why and with their words."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.services.copilot.domain.proposal import SourceQuote


@dataclass(frozen=True, slots=True)
class Told:
    """A field of a project's context, as the documents have it."""

    value: str
    reason: str
    """A sentence."""
    quotes: tuple[SourceQuote, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """The fields that the documents tell; None where they do not."""

    domain: Told | None = None
    """What they are about, such as "news articles"."""
    document_type: Told | None = None
    left_out: tuple[str, ...] = ()
    """What an engine said that no document bears out, a sentence each."""
