"""What multiplies or measures a number: magnitude words, currencies, units that are written onto the digits."""

from __future__ import annotations

import regex

_BY_VALUE = {
    12: "dozen dozens dutzend douzaine douzaines docena docenas dozzina dozzine dúzia dúzias dozijn дюжина "
    "дюжины дюжин",
    100: "hundred",
    1_000: "k thousand thousands tausend mille duizend tusen tusind tysiąc tysiące tysięcy tys tisíc тыс "
    "тысяча тысячи тысяч тысячам тысячами тис тисяч тисячі хиляди хил ألف آلاف الف ألفا ألفاً الفا هزار हजार हज़ार ribu "
    "nghìn ngàn χιλιάδες 千 천",
    10_000: "万 萬 만",
    100_000: "lakh lakhs lac lacs लाख لاکھ",
    1_000_000: "million millions mn mio mln millionen million. millón millones milhão milhões milione milioni "
    "miljoen miljoner miljon millioner milion miliony milionów milionu miliónů milionů milijun milijuna "
    "milijona milioane εκατομμύρια εκατ миллион миллиона миллионов миллионами млн мільйон мільйона "
    "мільйонів милион милиона مليون ملايين مليونا مليوناً میلیون मिलियन milyon juta triệu jt",
    10_000_000: "crore crores cr करोड़ करोड کروڑ",
    100_000_000: "亿 億 억",
    1_000_000_000: "billion billions bn milliard milliards milliarde milliarden mrd md bilhão bilhões miljard "
    "miljarder milliarder miliard miliardy miliardów miliardo miliardi mld miliarde miliarda milijarda "
    "milijardi δισεκατομμύρια δισ миллиард миллиарда миллиардов млрд мільярд мільярда мільярдів милиард "
    "مليار مليارات میلیارد अरब ارب milyar miliar tỷ tỉ",
    1_000_000_000_000: "trillion trillions tn billionen billón billones bilione bilioni biljoen biliony bilionów "
    "триллион триллиона триллионов трлн تريليون trilyun triliun trilyon 兆",
}
_MAGNITUDES = {word: value for value, words in _BY_VALUE.items() for word in words.split()}
_BY_LANGUAGE = {
    **{language: {"mil": 1_000} for language in ("es", "pt", "gl", "ca")},
    "tr": {"bin": 1_000},
    **{language: {"billion": 10**12, "billions": 10**12} for language in ("de", "fr", "da")},
}

CURRENCY = (
    r"(?:\p{Lu}{0,3}\p{Sc}|(?:RM|MYR|USD?|EUR|GBP|INR|R[sSp]\.?|IDR|JPY|CNY|RMB|CHF|AUD|CAD|NZD|SGD|HKD|TWD|KRW|THB|PHP|VND"
    r"|BRL|MXN|ARS|CLP|COP|PEN|ZAR|NGN|KES|KSh|Ksh|UGX|TZS|GHS|EGP|SAR|AED|QAR|ILS|TRY|TL|RUB|UAH|PLN|zł|CZK|Kč|HUF|Ft"
    r"|RON|SEK|NOK|DKK|kr|Kr|ISK|BGN|PKR|BDT|Tk|LKR|NPR)(?!\p{L}))"
)
"""A regular expression for a currency's sign or code."""

PER_CENT = r"(?:per ?cent|pour cent|por ciento|por cento|prozent|procent|percento|processen|процент\p{L}*|Prozent)"
"""A regular expression for "percent" in words."""

UNIT = (
    r"(?:k?m²?|cm|mm|mi|ft|k?g|mg|µg|lbs?|oz|t|m?l|dl|h|hrs?|mins?|(?<!\d{3}0)s|sec|ms|k?wh?|mw|gw|mwh|k?hz|mhz|ha|px|pts?|pcs?|x|mph"
    r"|k?[mgt]b|k?cal|mmhg|bpm)(?!\p{L})"
)
"""A regular expression for a unit, in lower case, that may be glued to the digits, as in "12km"."""


_IS_CURRENCY = regex.compile(CURRENCY)
_IS_PER_CENT = regex.compile(PER_CENT)


def is_currency(unit: str) -> bool:
    """Whether `unit` is a currency's sign or code."""
    return _IS_CURRENCY.fullmatch(unit) is not None


def is_percent(unit: str) -> bool:
    """Whether `unit` says percent, by its sign or in words."""
    return unit == "%" or _IS_PER_CENT.fullmatch(unit) is not None


def magnitude(word: str, language: str) -> int | None:
    """Gives what a number before `word` (lower case) is multiplied by; None when the word is no magnitude."""
    return _BY_LANGUAGE.get(language, {}).get(word) or _MAGNITUDES.get(word)
