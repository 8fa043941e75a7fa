"""Languages are told, and texts that repeat each other are found."""

import random

import pytest

from coderai.kit.tokens import estimate_tokens
from coderai.language.detection import detect_language
from coderai.services.ingest.domain.duplicates import sketch
from coderai.services.ingest.domain.problems import NoText
from coderai.services.ingest.domain.reading import Extract, Report, read_extract

WORDS = [f"word{n}" for n in range(3000)]


def text_of(seed: int, size: int = 400) -> list[str]:
    return random.Random(seed).choices(WORDS, k=size)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The dockers of the harbour went on strike on Monday."),
        ("de", "Die Hafenarbeiter traten am Montag in den Streik."),
        ("fr", "Les dockers du port se sont mis en grève lundi."),
        ("ar", "بدأ عمال الميناء إضرابا يوم الاثنين."),
        ("ru", "Докеры порта начали забастовку в понедельник."),
        ("zh", "码头工人周一开始罢工，要求提高工资。"),
        ("hi", "बंदरगाह के मज़दूर सोमवार को हड़ताल पर चले गए।"),
        ("", "12.50 17 3/4"),
        ("", "ok"),
    ],
)
def test_the_language_is_told(language: str, text: str) -> None:
    assert detect_language(text) == language


def test_a_text_with_small_changes_repeats_the_other() -> None:
    for seed in range(20):
        original = text_of(seed)
        changed = [word.upper() if n % 50 else "changed" for n, word in enumerate(original)]
        one, two = sketch(original), sketch(["Update", *changed[:-20]])
        assert one is not None
        assert two is not None
        assert one.first_repeated([two]) == two.first_repeated([one]) == 0
        assert set(one.bands) & set(two.bands)


def test_other_texts_do_not_repeat_each_other() -> None:
    sketches = [sketch(text_of(seed)) for seed in range(40)]
    for n, one in enumerate(sketches):
        assert one is not None
        assert one.first_repeated([other for other in sketches[n + 1 :] if other]) is None


def test_forms_that_differ_in_what_is_filled_in_do_not_repeat_each_other() -> None:
    fields = [text_of(n, 14) for n in range(8)]
    one, two = (sketch([word for field in fields for word in (*field, filled_in)]) for filled_in in ("17", "23"))
    assert one is not None
    assert two is not None
    assert 0.5 < one.similarity([two])[0] < 0.9
    assert one.first_repeated([two]) is None


def test_few_words_are_not_compared() -> None:
    assert sketch(["Nothing", "to", "report", "this", "week"]) is None


def test_a_file_without_words_is_told_so() -> None:
    with pytest.raises(NoText):
        read_extract(Extract(["", ""], Report("text")), "TXT", estimate_tokens)
