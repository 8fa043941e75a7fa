"""What kind of text a TEXT variable asks for, by the words of its name and instructions."""

from __future__ import annotations

from enum import Enum, auto

import regex

from coderai.codebook.variable import Variable
from coderai.engines.offline.cues import Cues
from coderai.engines.offline.lexicon import PLAIN_WORDS, QUESTION_WORDS
from coderai.engines.offline.names import NameKind
from coderai.engines.offline.words import stem


class TextKind(Enum):
    """The kinds; where a description has words of several, the first here counts."""

    CLAUSE = auto()
    EMAIL = auto()
    URL = auto()
    PHONE = auto()
    ADDRESS = auto()
    CODE = auto()
    TITLE = auto()
    PLACE = auto()
    ORGANISATION = auto()
    PERSON = auto()
    NAME = auto()


_ASKED_BY = {
    TextKind.CLAUSE: "summary summarise summarize describe description reason why how quote statement demand motive "
    "explain",
    TextKind.EMAIL: "email mail",
    TextKind.URL: "url website web link homepage",
    TextKind.PHONE: "phone telephone mobile fax tel",
    TextKind.ADDRESS: "address adresse dirección indirizzo endereço адрес العنوان 地址 住所 alamat",
    TextKind.CODE: "number no nr id code reference ref identifier iban bic sku serial docket registration licence "
    "license",
    TextKind.TITLE: "title headline heading subject document",
    TextKind.PLACE: "where location city country place town village district province region state county jurisdiction "
    "venue law laws neighbourhood neighborhood lugar ubicación ciudad lieu ville ort stadt luogo город "
    "место مكان 地点 場所 lokasi",
    TextKind.ORGANISATION: "company organisation organization firm vendor seller supplier merchant issuer "
    "employer institution agency university bank party parties customer client buyer shop store business "
    "newspaper publisher brand manufacturer empresa société unternehmen firma azienda компания شركة 公司 会社 "
    "perusahaan",
    TextKind.PERSON: "person author victim suspect patient doctor judge plaintiff defendant witness signatory "
    "signer president minister speaker officer spokesperson leader manager employee cashier",
    TextKind.NAME: "who whom name actor group product perpetrator nombre nom nome имя الاسم 名称 姓名 nama "
    "qui quién wer chi кто 谁 誰 siapa",
}
_WORDS = {kind: frozenset(words.split()) for kind, words in _ASKED_BY.items()}
_ALL_WORDS = frozenset[str]().union(*_WORDS.values())
_WORD = regex.compile(r"[\p{L}\p{M}]+")

NAME_KINDS = {
    TextKind.PLACE: NameKind.PLACE,
    TextKind.ORGANISATION: NameKind.ORGANISATION,
    TextKind.PERSON: NameKind.PERSON,
    TextKind.NAME: NameKind.ANY,
}
"""The kinds that are names, and which names they are."""

CODES = {
    TextKind.EMAIL: regex.compile(r"[\w.+-]++@[\w-]++(?:\.[\w-]++)+"),
    TextKind.URL: regex.compile(r"(?:https?://|www\.)[^\s<>\"')]++"),
    TextKind.PHONE: regex.compile(r"(?<![\w.])[+(]?\d[\d ()./-]{5,18}\d(?![\w.])"),
    TextKind.CODE: regex.compile(
        r"(?<![\p{L}\p{N}])(?=[\p{L}/._#-]{0,12}\p{N})[\p{L}\p{N}#][\p{L}\p{N}/._-]{1,30}(?:\ \d[\p{N}/-]{3,20})?"
    ),
}
"""The kinds that have a form of their own, and that form."""


def kind_of(variable: Variable) -> TextKind:
    """Gives the kind that the name asks for, or the display name, or the instructions; a clause if none does."""
    for described in (variable.name.replace("_", " "), variable.display_name, variable.instructions):
        words = {form for word in _WORD.findall(described.lower()) for form in (word, word.removesuffix("s"))}
        for kind in TextKind:
            if words & _WORDS[kind]:
                return kind
    return TextKind.CLAUSE


def asks_only_kind(variable: Variable, cues: Cues) -> bool:
    """Whether the name says what kind of text is asked for ("company name") and nothing of which one."""
    named = _WORD.findall(f"{variable.name.replace('_', ' ')} {variable.display_name}".lower())
    told = [word for word in named if _ALL_WORDS.isdisjoint((word, word.removesuffix("s")))]
    return all(stem(word) in QUESTION_WORDS | PLAIN_WORDS | cues.about for word in told)
