"""A number's quote is the one that states it, not another sentence whose number only looks like it."""

from __future__ import annotations

from coderai.codebook.variable import VariableType
from coderai.language.sentences import Span
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Support
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.support import Supported, check
from tests.support.codebooks import variable

LITRES = variable("litres", VariableType.NUMBER)


def supported(text: str, value: int, quote: str) -> Supported:
    document = Document("1", "report", text, language="en")
    return check(LITRES, value, quote, Span(0, len(text)), document, QuoteFinder(document))


def test_about_after_a_date_belongs_to_the_number_that_follows() -> None:
    spilled = "On the night of 11 January 2025 about 200 litres of oil ran into the water."
    found = supported(f"Two cooks were injured. {spilled}", 200, spilled)
    assert (found.value, found.evidence.quote, found.support) == (200, spilled, Support.STATED)


def test_a_sentence_that_has_the_number_at_another_scale_does_not_take_the_quotes_place() -> None:
    quote = "The spill was large."
    found = supported(f"Two cooks were injured. {quote}", 200, quote)
    assert (found.evidence.quote, found.support) == (quote, Support.UNCHECKED)
