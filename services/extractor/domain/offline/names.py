"""Finds names of people, organisations and places by their capitals and by the words that go with names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex

from services.extractor.domain.offline.lexicon import QUESTION_WORDS
from services.extractor.domain.offline.words import stem
from services.extractor.domain.parsing.calendar_words import calendar_words
from services.extractor.domain.parsing.sentences import Span


class NameKind(StrEnum):
    """What a name names."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
    PLACE = "PLACE"
    ANY = "ANY"


_CAPITAL = r"(?:\p{Lu}|\p{Lt})[\p{L}\p{M}\p{N}'’&.-]*"
_LINK = r"(?:of|the|de|del|de la|della|di|da|do|dos|du|des|van|van der|von|der|bin|ibn|al|el|la|le|y|e|und|für|&)"
_LEGAL = (
    r"(?:Inc|INC|Ltd|LTD|Limited|LIMITED|LLC|LLP|L\.L\.C|L\.P|LP|Corp|CORP|Corporation|CORPORATION|Company|COMPANY|Co|CO|PLC|plc|GmbH|AG"
    r"|KG|SE|S\.A|SA|SAS|SARL|S\.r\.l|SRL|SpA|S\.p\.A|BV|B\.V|NV|N\.V|AB|ASA|AS|A/S|Oy|Oyj|Pty|Pvt|PVT|Bhd|BHD|Sdn|SDN|Tbk|PT|JSC|OJSC"
    r"|OOO|ООО|ОАО|АО|ЗАО|Sp\. z o\.o|a\.s|s\.r\.o|Kft|d\.o\.o|A\.Ş|Ltda|LTDA)"
)
_NAME = regex.compile(rf"(?<![\p{{L}}\p{{N}}]){_CAPITAL}(?:\ (?:{_LINK}\ ){{0,2}}{_CAPITAL}|\ &\ {_CAPITAL}|,\ {_LEGAL}\b\.?)*")
_IS_LEGAL = regex.compile(rf"(?<!\p{{L}}){_LEGAL}(?!\p{{L}})")
_ORGANISATION = regex.compile(
    r"(?i)\b(?:bank|university|universit\w+|college|school|ministry|department|institute|agency|authority|commission|committee|council"
    r"|association|federation|union|party|group|holdings?|enterprises?|industr\w+|trading|services|solutions|systems|technolog\w+"
    r"|foundation|society|hospital|clinic|church|court|police|army|times|news|press|media|restaurant|restoran|hotel|caf[eé]|mart|store"
    r"|stores|shop|supermarket|pharmacy|motors?|airlines?|airways|insurance|partners|associates|consult\w+|studio|labs?|centre|center"
    r"|stiftung|verein|verband|banque|banco|banca|ministerio|minist[eè]re|universidad|empresa|società|fondazione|partei|parti(?:do|to)?)\b"
    r"|公司|集团|銀行|银行|大学|委员会|株式会社|協会|شركة|بنك|جامعة|وزارة|حزب|компани|банк|университет|министерств|партия"
)
_PLACE_WORD = regex.compile(
    r"(?i)\b(?:city|town|village|province|district|county|region|state|governorate|prefecture|square|street|road|avenue|airport|island"
    r"|republic|kingdom|states|emirates|river|mountains?|camp|north|south|east|west|plaza|ciudad|provincia|ville|stadt|praça|platz)\b"
    r"|省|市|县|縣|区|區|镇|村|路|街|府|県|町|州|مدينة|محافظة|قرية|منطقة|город|област|район"
)
_BEFORE_PLACE = regex.compile(
    r"(?i)(?<!\p{L})(?:in|at|near|outside|from|across|towards?|of|en|à|au|aux|dans|près de|cerca de|desde|hacia|bei|aus|nach|em|no|na|nos|nas"
    r"|a|nel|nella|presso|te|w|we|в|во|на|под|около|i|på|ved|město|v|ve|di|في|ب|در|city of|state of|town of|ciudad de|laws of(?: the)?(?: state of)?)\s+(?:the\s+)?$"
)
_BEFORE_PERSON = regex.compile(
    r"(?i)(?<!\p{L})(?:mr|mrs|ms|miss|dr|prof|sir|lord|lady|judge|justice|president|minister|senator|governor|mayor|king|queen|prince|general"
    r"|gen|colonel|col|captain|capt|lieutenant|lt|sergeant|sgt|officer|inspector|sheikh|imam|father|sister|brother|wife|husband|son|daughter"
    r"|spokes(?:man|woman|person)|author|by|patient|herr|frau|señora?|sr|sra|don|doña|m|mme|monsieur|madame|sig|signora|г-н|г-жа|السيد)\.?\s+$"
)
_AFTER_PERSON = regex.compile(r",?\s*(?:\(?\d{1,2}\)?[,)]|said|says|told|who\b|himself|herself|a dit|dijo|sagte|ha detto|disse|сказал|заявил|قال)")
_UNSPACED_NAME = regex.compile(
    r"[\p{Han}\p{Katakana}ー]{2,10}(?:公司|集团|銀行|银行|大学|委员会|協会|省|市|县|縣|区|區|镇|村|路|街|県|町|州)|株式会社[\p{Han}\p{Katakana}ー]{1,10}"
)
_AFTER_PREPOSITION = regex.compile(r"(?<!\p{L})(?:في|بمدينة|مدينة|محافظة|قرية|در شهر)\s(?P<name>(?:مدينة |محافظة |قرية |بلدة )?\p{Arabic}{3,}(?:\s(?=ال)\p{Arabic}{4,})?)")


@dataclass(frozen=True, slots=True)
class Name:
    """A name at text[at.start:at.end], with what speaks for each kind, 0..1."""

    at: Span
    evidence: dict[NameKind, float]


@lru_cache(maxsize=8)
def find_names(text: str) -> tuple[Name, ...]:
    """Finds the names in `text`, in order."""
    spans = [span for match in _NAME.finditer(text) for span in _trimmed(text, Span(*match.span()))]
    spans += [Span(*match.span()) for match in _UNSPACED_NAME.finditer(text)]
    spans += [Span(*match.span("name")) for match in _AFTER_PREPOSITION.finditer(text)]
    return tuple(Name(span, _evidence(text, span)) for span in sorted(set(spans)))


def names_organisation(text: str) -> bool:
    """Whether `text` has a word that goes with the names of organisations, such as Ltd or Bank."""
    return bool(_IS_LEGAL.search(text) or _ORGANISATION.search(text))


def begins_with_legal_form(text: str) -> bool:
    """Whether `text` looks like the end of an organisation's name that was broken before it: "Co. (M) Ltd"."""
    return bool(_IS_LEGAL.match(text))


def _trimmed(text: str, span: Span) -> Iterator[Span]:
    """The name without a first word that is only the start of a sentence, and without the full stop at its end."""
    start, end = span
    calendar = calendar_words("en")
    words = list(regex.finditer(r"\S+", text, pos=start, endpos=end))
    while words and (_is_common(words[0].group()) or words[0].group().lower().strip(".") in calendar.months | calendar.weekdays):
        words.pop(0)
    while words and words[-1].group().lower().strip(".,") in calendar.months | calendar.weekdays:
        words.pop()
    if not words:
        return
    start, end = words[0].start(), words[-1].end()
    while text[end - 1] in ".-&'’" and not _IS_LEGAL.fullmatch(words[-1].group().rstrip(".")) and end - start > 1:
        end -= 1
    if end - start > 1:
        yield Span(start, end)


def _is_common(word: str) -> bool:
    bare = word.strip(".'’,-").lower()
    return stem(bare) in QUESTION_WORDS or bare in ("he", "she", "we", "you", "i", "but", "so", "no", "not", "after", "before", "our")


def _evidence(text: str, span: Span) -> dict[NameKind, float]:
    name = text[span.start : span.end]
    before, after = text[max(0, span.start - 24) : span.start], text[span.end : span.end + 16]
    legal, organisation = bool(_IS_LEGAL.search(name)), bool(_ORGANISATION.search(name))
    place = bool(_BEFORE_PLACE.search(before))
    person = bool(_BEFORE_PERSON.search(before) or _AFTER_PERSON.match(after))
    words = len(name.split())
    return {
        NameKind.ANY: 0.8,
        NameKind.ORGANISATION: 1.0 if legal else 0.85 if organisation else 0.3 if place or person else 0.5,
        NameKind.PERSON: 0.1 if legal or organisation else 1.0 if person else 0.3 if place else 0.7 if 2 <= words <= 4 else 0.4,
        NameKind.PLACE: 0.1 if legal else 0.9 if _PLACE_WORD.search(name) else 0.8 if place else 0.2 if person else 0.4,
    }
