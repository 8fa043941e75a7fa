"""Reads a model's reply: its quotes are looked for in the documents, its proposals become drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from coderai.services.copilot.domain.conversing.changes import ChangeUnclear, drafts_of
from coderai.services.copilot.domain.conversing.talk import Said, Talk
from coderai.services.copilot.domain.proposal import Draft, SourceQuote
from coderai.services.copilot.domain.sample import SampledDocument, find_quote

_MOST_QUOTES = 40
"""Of a reply with all that it proposes; each is looked for in all documents that were shown."""
_MOST_PROPOSALS = 50
_LONGEST_TOLD = 300
"""Code points of a quote that was not found, as it is told."""


class _Quotes:
    """Looks for a reply's quotes in the documents, as long as it does not name too many."""

    def __init__(self, documents: Sequence[SampledDocument]) -> None:
        self._documents = documents
        self._left = _MOST_QUOTES
        self.not_found: dict[str, None] = {}
        self.has_more = False

    def find(self, named: Sequence[Mapping[str, Any]]) -> tuple[SourceQuote, ...]:
        """Those that stand in a document, in order, each place once."""
        found = {(one.document_id, one.start, one.end): one for one in self._found(named)}
        return tuple(found.values())

    def _found(self, named: Sequence[Mapping[str, Any]]) -> Iterator[SourceQuote]:
        for one in named:
            if not self._left:
                self.has_more = True
                return
            self._left -= 1
            quote = _clean(one["quote"])
            found = find_quote(quote, self._documents, self._name(one["document"])) if quote else None
            if found is not None:
                yield found
            elif quote:
                self.not_found[quote[:_LONGEST_TOLD]] = None

    def _name(self, number: int) -> str:
        return self._documents[number - 1].name if 1 <= number <= len(self._documents) else ""


def read_reply(content: Mapping[str, Any], talk: Talk) -> Said:
    """What a reply says that fits REPLY_SCHEMA."""
    quotes, problems, drafts = _Quotes(talk.documents), list[str](), list[Draft]()
    said = quotes.find(content["quotes"])
    for proposed in islice(content["proposals"], _MOST_PROPOSALS):
        rests_on = quotes.find(proposed["quotes"])
        if proposed["quotes"] and not rests_on:
            problems.append(f"“{_title(proposed)}” is left out: no document that was shown has the words it rests on.")
            continue
        try:
            drafts += drafts_of(proposed, rests_on, talk.situation.schema, len(talk.documents))
        except ChangeUnclear as unclear:
            problems.append(f"“{_title(proposed)}” is left out: {unclear}.")
    if (more := len(content["proposals"]) - _MOST_PROPOSALS) > 0:
        problems.append(f"{more} more proposals are left out: {_MOST_PROPOSALS} at a time.")
    if quotes.has_more:
        problems.append(f"Only the first {_MOST_QUOTES} quotes were looked for.")
    return Said(said, tuple(quotes.not_found), tuple(drafts), tuple(problems))


def read_broken(content: Mapping[str, Any], talk: Talk, problem: str) -> Said:
    """What is left of a reply that was cut off or does not fit: the quotes that came whole."""
    named = content.get("quotes")
    whole = [
        one
        for one in (named if isinstance(named, list) else ())
        if isinstance(one, dict) and isinstance(one.get("quote"), str) and isinstance(one.get("document"), int)
    ]
    quotes = _Quotes(talk.documents)
    return Said(quotes.find(whole), tuple(quotes.not_found), problems=(problem,))


def _title(proposed: Mapping[str, Any]) -> str:
    return _clean(proposed["title"])[:80] or proposed["action"].replace("_", " ").lower()


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
