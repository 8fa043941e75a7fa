"""Kinds of documents that are told by their form: letterheads, labels and turns of phrase, in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import regex

Sign = regex.Pattern[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of documents."""

    document_type: str
    domain: str
    signs: Mapping[str, Sign]
    """By what each is called."""


def _sign(expression: str) -> Sign:
    return regex.compile(expression, regex.IGNORECASE | regex.MULTILINE)


def _words(*alternatives: str) -> Sign:
    """Any of these words or turns of phrase."""
    return _sign(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)")


def _begins(*alternatives: str) -> Sign:
    """A line that begins with any of these, but for signs and numbers before them."""
    return _sign(rf"^\W*(?:\d+\.?\s+)?(?:{'|'.join(alternatives)})(?!\w)")


def _title(lines: int, *alternatives: str) -> Sign:
    """Any of these words in so many lines of the beginning."""
    return _sign(rf"\A(?:[^\n]*\n){{0,{lines}}}[^\n]*\b(?:{'|'.join(alternatives)})\b")


_DATELINE = _sign(r"^(?-i:\p{Lu}[\p{Lu}\p{M} .'’-]+)(?:,\s[^\n]{0,40}\d|\s\([^)\n]+\))[^\n]{0,40}?\s?[-–—:]")
"""OSTMARK, 3 May 2024 (Wire) -"""
_BYLINE = _sign(r"^(?:by|von|por|par|di)\s(?-i:\p{Lu}\p{Ll}+(?:\s\p{Lu}[\p{L}.-]+)+)$")
_WEEKDAYS = _words(
    "on (?:mon|tues|wednes|thurs|fri|satur|sun)day",
    "am (?:mon|diens|donners|frei|sams|sonn)tag",
    "el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo)",
)
_QUESTION = (r"(?-i:Q|I|F|P)\d*", r"interviewer\w*", "question", r"moderator\w*", "frage", r"entrevistador\w*")
_ANSWER = (
    r"(?-i:A|R|B|E)\d*",
    "interviewee",
    r"respondent\w*",
    r"participant\s?\d*",
    "answer",
    "antwort",
    r"befragte\w*",
)

KINDS = (
    Kind(
        "news reports",
        "news articles",
        {
            "a dateline": _DATELINE,
            "a byline": _BYLINE,
            "who is quoted": _words(
                *(
                    "said",
                    "told",
                    "says",
                    "sagte",
                    "teilte",
                    "dijo",
                    "declar[óo]",
                    "a déclaré",
                    "selon",
                    "según",
                    "laut",
                ),
                *("قال", "وقال", "أعلن", "заявил", "сообщил"),
            ),
            "a weekday": _WEEKDAYS,
            "a spokesperson": _words(
                *(r"spokes(?:man|woman|person)", "news (?:conference|agency)", "correspondent"),
                *("(?:presse)?sprecher(?:in)?", "portavoz", "porte-parole", "المتحدث"),
            ),
        },
    ),
    Kind(
        "contracts",
        "contracts",
        {
            "a title": _title(12, "agreement", "contract", r"\w*vertrag", "contrat[oa]?", "accord", "عقد", "договор"),
            "its parties": _words(
                "the part(?:y|ies)", "hereinafter", r"vertragspartei\w*", "las partes", "les parties"
            ),
            "legal turns": _words(
                *("hereby", "herein", "hereto", "hereof", "thereof", "whereas", "in witness whereof"),
                *("hiermit", "por la presente"),
            ),
            "a clause": _words(
                *(r"govern(?:ed|ing) (?:by the )?law\w*", "terminat(?:e|ion)", r"confidential\w*", r"indemnif\w+"),
                *("kündigung", "gerichtsstand"),
            ),
        },
    ),
    Kind(
        "invoices",
        "invoices",
        {
            "a number": _words(
                r"(?:invoice|rechnungs?|factura|facture|fattura)\s*-?(?:no|nr|number|nummer|n[°ºo]|#)[.:#]?"
            ),
            "a total": _words(
                *("total due", "amount due", "grand total", "balance due"),
                *("gesamtbetrag", "total ttc", "importe total"),
            ),
            "a tax": _words("VAT", "GST", "tax", "MwSt", "USt", "IVA", "TVA"),
            "who pays": _words("bill(?:ed)? to", "invoice to", "payment terms", "due date", "fällig", "vencimiento"),
        },
    ),
    Kind(
        "receipts",
        "receipts",
        {
            "what was paid": _begins(
                "cash", "change", "tendered", "rounding", "round adj", "visa", "mastercard", "bar"
            ),
            "a total": _sign(r"^[^\n]{0,20}\b(?:total|subtotal|summe)\b"),
            "what was bought": _words("qty", r"item\(s\)", r"items?\s*:", "cashier", "receipt", "till", "kassenbon"),
        },
    ),
    Kind(
        "interview transcripts",
        "interviews",
        {
            "a question": _sign(rf"^(?:{'|'.join(_QUESTION)})\s?[:.]\s[^\n]+"),
            "an answer": _sign(rf"^(?:{'|'.join(_ANSWER)})\s?[:.]\s[^\n]+"),
            "what it is": _words(r"interview\w*", "transcript", "entrevista", "entretien", "مقابلة"),
        },
    ),
    Kind(
        "e-mails",
        "correspondence",
        {
            "a sender": _sign(r"^(?:from|von|de|da):\s[^\n]+"),
            "a subject": _sign(r"^(?:subject|betreff|asunto|objet|oggetto):\s[^\n]+"),
        },
    ),
    Kind(
        "letters",
        "correspondence",
        {
            "a greeting": _sign(r"^(?:dear|sehr geehrte\w*|estimad[oa]s?|cher|chère|liebe\w?)\s[^\n]{1,60}[,:!]?$"),
            "a close": _begins(
                *("yours? (?:sincerely|faithfully|truly)", "(?:kind|best) regards"),
                *("mit freundlichen", "atentamente"),
            ),
        },
    ),
    Kind(
        "scientific articles",
        "research literature",
        {
            "an abstract": _begins("abstract", "zusammenfassung", "resumen", "résumé"),
            "references": _begins("references", "bibliography", "literatur", "referencias"),
            "citations": _words("et al", "doi", "arxiv"),
        },
    ),
    Kind(
        "court decisions",
        "court records",
        {
            "the parties": _words(
                r"(?:plaintiff|defendant|appellant|appellee|petitioner)s?", r"kläger\w*", "demandad[oa]s?"
            ),
            "a court": _words("(?:supreme|district|high|county|appeals?) court", "court of", "landgericht", "tribunal"),
            "a decision": _words(
                *("judge?ment", "affirmed", "reversed", "it is (?:so )?ordered"),
                *("urteil", "sentencia"),
            ),
        },
    ),
    Kind(
        "minutes of meetings",
        "meetings",
        {
            "a title": _title(6, "minutes", "protokoll", "acta", "procès-verbal"),
            "who was there": _begins(r"(?:present|attendees|apologies|anwesend|asistentes)\s?:"),
            "what was decided": _words(
                *("agenda", r"item \d", "motion", "resolved", "seconded", "adjourned"),
                *("tagesordnung",),
            ),
        },
    ),
)
"""Of two that a document has as many signs of, the likelier comes first."""

_TITLES = """
report bulletin minutes notice statement transcript newsletter log form record certificate summary review memorandum
memo permit application order declaration resolution release diary survey
bericht protokoll mitteilung meldung antrag bescheid informe boletín boletin acta comunicado rapport communiqué
relazione verbale تقرير نشرة отчет"""
TITLES = _words(*(f"{word}s?" for word in _TITLES.split()))
"""Words by which documents call themselves what they are."""
