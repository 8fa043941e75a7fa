"""Kinds of documents that are told by their form: letterheads, labels and turns of phrase, in several languages."""

from __future__ import annotations

from dataclasses import dataclass

import regex

_DAYS = "mon|tues|wednes|thurs|fri|satur|sun"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of documents; one that has two of the signs is taken to be of it."""

    document_type: str
    domain: str
    signs: dict[str, regex.Pattern[str]]
    """By what each is called."""


def _kind(document_type: str, domain: str, **signs: str) -> Kind:
    return Kind(document_type, domain, {name.replace("_", " "): _sign(sign) for name, sign in signs.items()})


def _sign(expression: str) -> regex.Pattern[str]:
    return regex.compile(expression, regex.IGNORECASE | regex.MULTILINE | regex.VERBOSE)


KINDS = (
    _kind(
        "news reports",
        "news articles",
        a_dateline=r"^ (?-i:\p{Lu}[\p{Lu}\p{M} .'’-]+) (?: , \s [^\n]{0,40}\d | \s \( [^)\n]+ \) ) [^\n]{0,40}? \s? [-–—:]",
        a_byline=r"^ (?: by | von | por | par | di ) \s (?-i:\p{Lu}\p{Ll}+ (?: \s \p{Lu}[\p{L}.-]+ )+ ) $",
        who_is_quoted=r"\b (?: said | told | says | sagte | teilte | dijo | declar[óo] | a \s déclaré | selon | según | laut )\b"
        r"| قال | وقال | أعلن | заявил | 表示",
        a_weekday=rf"\b on \s (?: {_DAYS} ) day \b | \b am \s (?: mon | diens | donners | frei | sams | sonn ) tag \b"
        r"| \b el \s (?: lunes | martes | miércoles | jueves | viernes | sábado | domingo ) \b",
        a_spokesperson=r"\b (?: spokes (?: man | woman | person ) | news \s (?: conference | agency ) | correspondent"
        r" | sprecher (?: in )? | portavoz | porte-parole ) \b",
    ),
    _kind(
        "contracts",
        "contracts",
        a_title=r"\A (?: [^\n]* \n ){0,12} [^\n]* \b (?: agreement | contract | vertrag | contrat[oa]? | accord | عقد | договор ) \b",
        its_parties=r"\b (?: the \s part (?: y | ies ) | between \s and | hereinafter | vertragspartei\w* | las \s partes | les \s parties )\b",
        legal_turns=r"\b (?: hereby | herein | hereto | hereof | thereof | whereas | in \s witness \s whereof | hiermit | por \s la \s presente ) \b",
        a_clause=r"\b (?: govern(?: ed | ing ) \s (?: by \s the \s )? law\w* | terminat(?: e | ion ) | confidential\w* | indemnif\w+ | kündigung ) \b",
    ),
    _kind(
        "invoices",
        "invoices",
        a_number=r"\b (?: invoice | rechnungs? | factura | facture | fattura ) \s* -? (?: no | nr | number | nummer | n[°ºo]| \# ) [.:#]?",
        a_total=r"\b (?: total \s due | amount \s due | grand \s total | balance \s due | gesamtbetrag | total \s ttc | importe \s total ) \b",
        a_tax=r"\b (?: VAT | GST | tax | MwSt | USt | IVA | TVA ) \b",
        who_pays=r"\b (?: bill \s to | invoice \s to | payment \s terms | due \s date | fällig | vencimiento ) \b",
    ),
    _kind(
        "receipts",
        "receipts",
        what_was_paid=r"^ \W* (?: cash | change | tendered | rounding | round \s adj\w* | visa | mastercard | bar ) \b",
        a_total=r"^ [^\n]{0,20} \b (?: total | subtotal | summe ) \b",
        what_was_bought=r"\b (?: qty | item \( s \) | items? \s* : | cashier | receipt | till | kassenbon ) (?! \w )",
    ),
    _kind(
        "interview transcripts",
        "interviews",
        a_question=r"^ (?: (?-i:Q|I|F|P)\d* | interviewer\w* | question | moderator\w* | frage | entrevistador\w* ) \s? [:.] \s [^\n]+",
        an_answer=r"^ (?: (?-i:A|R|B|E)\d* | interviewee | respondent\w* | participant \s? \d* | answer | antwort | befragte\w* ) \s?"
        r" [:.] \s [^\n]+",
        what_it_is=r"\b (?: interview\w* | transcript | entrevista | entretien ) \b",
    ),
    _kind(
        "e-mails",
        "correspondence",
        a_sender=r"^ (?: from | von | de | da ) : \s [^\n]+",
        a_subject=r"^ (?: subject | betreff | asunto | objet | oggetto ) : \s [^\n]+",
    ),
    _kind(
        "letters",
        "correspondence",
        a_greeting=r"^ (?: dear | sehr \s geehrte\w* | estimad[oa]s? | cher | chère | liebe\w? ) \s [^\n]{1,60} [,:!]? $",
        a_close=r"^ (?: yours? \s (?: sincerely | faithfully | truly ) | (?: kind | best ) \s regards | mit \s freundlichen | atentamente )",
    ),
    _kind(
        "scientific articles",
        "research literature",
        an_abstract=r"^ \W* (?: abstract | zusammenfassung | resumen | résumé ) \b",
        references=r"^ \W* (?: \d+ \.? \s )? (?: references | bibliography | literatur | referencias ) \W* $",
        citations=r"\b et \s al \b | \b doi \s* [:.] | \b arxiv \b",
    ),
    _kind(
        "court decisions",
        "court records",
        the_parties=r"\b (?: plaintiffs? | defendants? | appellants? | appellees? | petitioners? | kläger\w* | demandad[oa]s? ) \b",
        a_court=r"\b (?: supreme | district | high | county | appeals? ) \s court \b | \b court \s of \b | \b landgericht | \b tribunal \b",
        a_decision=r"\b (?: judge?ment | affirmed | reversed | it \s is \s (?: so \s )? ordered | urteil | sentencia ) \b",
    ),
    _kind(
        "minutes of meetings",
        "meetings",
        a_title=r"\A (?: [^\n]* \n ){0,6} [^\n]* \b (?: minutes | protokoll | acta | procès-verbal ) \b",
        who_was_there=r"^ \W* (?: present | attendees | apologies | anwesend | asistentes ) \s? :",
        what_was_decided=r"\b (?: agenda | item \s \d | motion | resolved | seconded | adjourned | tagesordnung ) \b",
    ),
)  # fmt: skip
"""The likelier of two that have as many signs comes first."""

TITLES = regex.compile(
    r"(?i)\b(?:report|bulletin|minutes|notice|statement|transcript|newsletter|log|form|record|certificate|summary|"
    r"review|memorandum|memo|permit|application|order|declaration|resolution|press release|diary|survey|"
    r"bericht|protokoll|mitteilung|meldung|antrag|bescheid|informe|bolet[ií]n|acta|comunicado|rapport|communiqué|"
    r"relazione|verbale|تقرير|نشرة|отчет|报告)s?\b"
)
"""Words by which documents call themselves what they are."""
