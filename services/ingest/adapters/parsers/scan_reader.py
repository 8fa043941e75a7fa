"""Reads the pictures of one file's pages, each in the languages that its text turns out to be in."""

from __future__ import annotations

from coderai.language.detection import detect_language
from coderai.language.locales import language_name
from coderai.services.ingest.adapters.parsers.ocr import (
    Ocr,
    PageNotRecognised,
    Picture,
    Recognised,
    recognise,
    script_of,
)
from coderai.services.ingest.adapters.parsers.ocr_languages import Usable, data_of, languages_of, package_of
from coderai.services.ingest.domain.reading import LEAST_SURE

_LEAST_LETTERS = 80
"""Of what was read, from which on its language is believed; fewer are told wrongly too often."""
_MOST_SCRIPTS = 3
"""Pages that are asked for their script, until one tells."""


class ScanReader:
    """Reads page after page: in the languages expected, or those of the first page's script, then in those of its text.

    One page at most is read twice, that by which the language is told; from then on it is known.
    """

    def __init__(self, ocr: Ocr, expected: str = "") -> None:
        """`expected`: the language that the text is likely to be in, ISO 639-1."""
        self.remarks: list[str] = []
        """What a person should know of the languages."""
        self._ocr = ocr
        self._usable = Usable.of(ocr.languages)
        self._expected = expected
        self._languages = self._usable.of_language(expected)
        self._scripts_left = _MOST_SCRIPTS if self._usable.tells_scripts else 0
        self._is_told = self._was_again = False
        self._text = ""

    def read(self, picture: Picture) -> Recognised:
        """What stands on a page. Raises PageNotRecognised."""
        languages = self._languages or self._of_script(picture) or self._usable.of_any()
        page = recognise(picture, self._ocr, languages)
        if not self._is_told and page.confidence < LEAST_SURE:
            page = self._better(picture, page, self._of_script(picture))
        if not self._is_told and page.confidence >= LEAST_SURE:
            page = self._better(picture, page, self._of_text(page))
        return page

    def _better(self, picture: Picture, page: Recognised, languages: str) -> Recognised:
        """The page read again, unless it was read in these languages, another page was again, or that is less sure."""
        if self._was_again or set(languages.split("+")) <= {"", *page.languages.split("+")}:
            return page
        self._was_again = True
        try:
            again = recognise(picture, self._ocr, languages)
        except PageNotRecognised:
            return page
        if again.confidence < page.confidence:
            self._languages = page.languages
            return page
        return again

    def _of_text(self, page: Recognised) -> str:
        """The languages of what was read so far; empty while nothing tells."""
        self._text += f"{page.text}\n"
        code = language_of(self._text)
        if not code:
            return ""
        self._is_told = True
        wanted = self._usable.of_language(code)
        if not wanted:
            self._miss(code)
        self._languages = wanted or page.languages
        return wanted

    def _of_script(self, picture: Picture) -> str:
        """The languages of a page's script; empty when that is not told, or there are none."""
        if not self._scripts_left:
            return ""
        self._scripts_left -= 1
        codes = languages_of(script := script_of(picture, self._ocr))
        if not codes:
            return ""
        self._scripts_left = 0
        if self._expected in codes and self._languages:
            return self._languages
        self._languages = self._usable.of_script(script)
        if not self._languages:
            self._miss(self._expected if self._expected in codes else codes[0])
        return self._languages

    def _miss(self, code: str) -> None:
        """Says what would have to be installed for a language."""
        if name := data_of(code):
            self.remarks.append(
                f"the text seems to be in {language_name(code)}, which text recognition has no data for here: have the "
                f"Debian package {package_of(name)} installed where files are read (and {name} allowed, where "
                "CODERAI_INGEST_OCR_LANGUAGES names languages), then have the document read again"
            )


def language_of(text: str) -> str:
    """The language of a text, ISO 639-1; empty when it has too few letters to believe what they tell."""
    return detect_language(text) if sum(map(str.isalpha, text)) >= _LEAST_LETTERS else ""
