"""A document's language is told by its text, and a corpus's by its documents."""

from __future__ import annotations

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from coderai.language.detection import detect_language, main_language
from coderai.language.locales import language_code, language_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The dockers of the harbour stopped work on Monday.", "en"),
        ("Die Hafenarbeiter legten am Montag die Arbeit nieder.", "de"),
        ("توقف عمال الميناء عن العمل يوم الاثنين.", "ar"),
        ("42, 17, 3", ""),
    ],
)
def test_a_texts_language(text: str, code: str) -> None:
    assert detect_language(text) == code


@pytest.mark.parametrize(
    ("counts", "language"),
    [
        ({}, ""),
        ({"": 5}, ""),
        ({"ar": 1}, "Arabic"),
        ({"ar": 9, "en": 1}, "Arabic"),
        ({"ar": 8, "en": 2}, "Mixed"),
        ({"ar": 9, "en": 1, "": 90}, "Arabic"),
        ({"qqq": 3}, "qqq"),
    ],
)
def test_a_corpus_language(counts: dict[str, int], language: str) -> None:
    assert main_language(counts) == language


def test_every_language_of_iso_639_1_that_can_be_detected_has_a_name() -> None:
    detected = set(LanguageIdentifier.from_model_file(MODEL_FILE).nb_classes)
    assert not [code for code in detected if len(code) == 2 and language_name(code) == code]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        *[("Arabic", "ar"), ("arabic (Lebanon)", "ar"), ("ar", "ar"), ("pt-BR", "pt"), (" German ", "de")],
        *[("Mixed", ""), ("German and French", ""), ("", ""), ("xx", ""), ("none", "")],
    ],
)
def test_a_project_names_one_language_or_none(named: str, code: str) -> None:
    assert language_code(named) == code
