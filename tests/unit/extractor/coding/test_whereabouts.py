"""An entity's variables are asked of the passages that may speak of it."""

from __future__ import annotations

import pytest

from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.entities import merge
from coderai.services.extractor.domain.coding.extraction import Mention
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.relevance import passages_about


def asked(texts: list[str], **quotes: str) -> dict[str, list[int]]:
    """By entity (name=quote, _ for a blank), the numbers of the passages that it is asked of."""
    passages = [Passage(text, sum(len(t) for t in texts[:n])) for n, text in enumerate(texts)]
    finder = QuoteFinder(Document("1", "", "".join(texts)))
    found = merge(Mention(name.replace("_", " "), finder.find(quote), 0) for name, quote in quotes.items())
    about = passages_about(found, passages)
    return {f.text: [passages.index(p) for p in where] for f, where in zip(found, about, strict=True)}


def test_one_passage_is_always_asked() -> None:
    assert asked(["A march."], march="A march") == {"march": [0]}


def test_a_passage_is_asked_when_any_word_of_a_name_stands_in_it() -> None:
    texts = [
        "Anna Weber spoke first. ",
        "Nothing here. ",
        "Later Weber was held. ",
        "The crowd left. ",
        "WEBER'S aide. ",
    ]
    assert asked(texts, Anna_Weber="Anna Weber spoke") == {"Anna Weber": [0, 2, 4]}


def test_a_passage_is_asked_when_an_entity_was_found_in_it_whatever_words_it_has() -> None:
    texts = ["Nothing. ", "A crowd stood by the docks at dawn. ", "The Portavel protest went on. "]
    assert asked(texts, Portavel_protest="A crowd stood by the docks") == {"Portavel protest": [1, 2]}


def test_words_that_entities_share_do_not_tell_them_apart() -> None:
    texts = [
        "A march in Portavel. ",
        "A march in Kessling. ",
        "In Portavel two were hurt at the march. ",
        "The march. ",
    ]
    where = asked(texts, march_in_Portavel="A march in Portavel", march_in_Kessling="A march in Kessling")
    assert where == {"march in Portavel": [0, 2], "march in Kessling": [1]}


def test_entities_with_nothing_to_tell_them_apart_are_asked_wherever_their_words_stand() -> None:
    texts = ["The strike of dockers. ", "The dockers' strike at night. ", "Unrelated. "]
    where = asked(texts, strike_of_dockers="The strike of dockers", dockers_strike_night="dockers' strike at night")
    assert where["strike of dockers"] == [0, 1]


@pytest.mark.parametrize(
    ("name", "first", "later", "elsewhere"),
    [
        ("марш в Москве", "марш в Москве прошёл", "жители Москвы вышли", "погода в городе"),
        ("WHO", "WHO said", "the WHO agreed", "those whom it met"),
        ("G7", "G7 met", "the G7 left", "paper size g70"),
        ("東京のデモ", "東京のデモが", "昨日東京のデモは", "天気予報"),
    ],
)
def test_names_are_found_in_other_forms(name: str, first: str, later: str, elsewhere: str) -> None:
    assert asked([f"{first}. ", f"{later}. ", elsewhere], **{name.replace(" ", "_"): first})[name] == [0, 1]
