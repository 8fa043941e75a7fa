"""Languages by their ISO 639-1 codes, the names that tesseract has for their data, and which of them it may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ENGLISH, SCRIPTS = "eng", "osd"
"""Data for English, which most documents have words of; and for telling the script of a page, no language."""
AUTO = "auto"
"""Asks for every language that is installed."""
_MOST_AT_ONCE = 3
"""Languages that a page is read in while nothing tells which it is in; each takes time and misreads the others."""
_DATA = (
    "af:afr am:amh ar:ara as:asm az:aze,aze_cyrl be:bel bg:bul bn:ben bo:bod br:bre bs:bos ca:cat co:cos cs:ces cy:cym"
    " da:dan de:deu dv:div dz:dzo el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas fi:fin fo:fao fr:fra fy:fry ga:gle"
    " gd:gla gl:glg gu:guj he:heb hi:hin hr:hrv ht:hat hu:hun hy:hye id:ind is:isl it:ita iu:iku ja:jpn jv:jav ka:kat"
    " kk:kaz km:khm kn:kan ko:kor ku:kmr ky:kir la:lat lb:ltz lo:lao lt:lit lv:lav mi:mri mk:mkd ml:mal mn:mon mr:mar"
    " ms:msa mt:mlt my:mya nb:nor ne:nep nl:nld nn:nor no:nor oc:oci or:ori pa:pan pl:pol ps:pus pt:por qu:que ro:ron"
    " ru:rus sa:san sd:snd si:sin sk:slk sl:slv sq:sqi sr:srp,srp_latn su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha"
    " ti:tir tl:fil to:ton tr:tur tt:tat ug:uig uk:ukr ur:urd uz:uzb,uzb_cyrl vi:vie yi:yid yo:yor zh:chi_sim,chi_tra"
)
"""https://tesseract-ocr.github.io/tessdoc/Data-Files-in-different-versions.html"""
_NAMES: Mapping[str, tuple[str, ...]] = {
    code: tuple(names.split(",")) for code, _, names in (entry.partition(":") for entry in _DATA.split())
}
_KNOWN = frozenset(name for names in _NAMES.values() for name in names)
_OF_SCRIPT: Mapping[str, tuple[str, ...]] = {
    "Arabic": ("ar", "fa", "ur"),
    "Armenian": ("hy",),
    "Bengali": ("bn",),
    "Cyrillic": ("ru", "uk", "bg", "sr"),
    "Devanagari": ("hi", "mr", "ne"),
    "Ethiopic": ("am",),
    "Fraktur": ("de",),
    "Georgian": ("ka",),
    "Greek": ("el",),
    "Gujarati": ("gu",),
    "Gurmukhi": ("pa",),
    "Han": ("zh",),
    "Hangul": ("ko",),
    "Hebrew": ("he",),
    "Japanese": ("ja",),
    "Kannada": ("kn",),
    "Khmer": ("km",),
    "Korean": ("ko",),
    "Lao": ("lo",),
    "Latin": ("en",),
    "Malayalam": ("ml",),
    "Myanmar": ("my",),
    "Sinhala": ("si",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Thai": ("th",),
    "Tibetan": ("bo",),
}
"""Languages by what tesseract calls their script, the most spoken first; its text tells which of them it is."""


@dataclass(frozen=True, slots=True)
class Usable:
    """The data that tesseract may use, by its names."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, languages: str) -> Usable:
        """From tesseract's way to write it, as in eng+deu+osd."""
        return cls(tuple(filter(None, languages.split("+"))))

    @property
    def tells_scripts(self) -> bool:
        """Whether tesseract can tell the script of a page."""
        return SCRIPTS in self.names

    def of_language(self, code: str) -> str:
        """What to read a language in (ISO 639-1): its data and English; empty when there is none for it."""
        own = [name for name in _NAMES.get(code, ()) if name in self.names]
        return "+".join(dict.fromkeys((*own, *self._always()))) if own else ""

    def of_script(self, script: str) -> str:
        """What to read the first page of a script in; empty when there is nothing for it."""
        return next(filter(None, map(self.of_language, languages_of(script))), "")

    def of_any(self) -> str:
        """What to read a page in of which nothing is known."""
        unlike = [name for name in self.names if name != SCRIPTS]
        return "+".join(unlike[:_MOST_AT_ONCE])

    def _always(self) -> Iterable[str]:
        """English, and what an operator names that is the data of no language: a typeface, a trained model."""
        return (name for name in self.names if name == ENGLISH or (name not in _KNOWN and name != SCRIPTS))


def all_of(installed: Iterable[str]) -> str:
    """The data of languages among what is installed, English first, as tesseract writes it; empty without any."""
    names = sorted(_KNOWN.intersection(installed), key=lambda name: (name != ENGLISH, name))
    return "+".join(names)


def languages_of(script: str) -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that are written in a script, by tesseract's name of it."""
    return _OF_SCRIPT.get(script, ())


def data_of(code: str) -> str:
    """The name of a language's data (ISO 639-1); empty when tesseract has none."""
    return _NAMES.get(code, ("",))[0]


def package_of(name: str) -> str:
    """The Debian package of some data."""
    return f"tesseract-ocr-{name.replace('_', '-')}"
