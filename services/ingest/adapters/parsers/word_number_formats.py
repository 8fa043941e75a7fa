"""Numbers as Word writes them before headings and list items (ECMA-376, part 1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable

from coderai.services.ingest.adapters.parsers.numerals import roman

_LARGEST = 32767
"""What Word counts to; larger numbers are written in digits."""
_NUMBERS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"""
_ONES, _TENS = _NUMBERS.split()[:20], _NUMBERS.split()[20:]
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}  # fmt: skip
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"

_ALPHABETS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "hebrew2": _HEBREW,
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
    "hindiVowels": "अआइईउऊऋऌऍऎएऐऑऒओऔ",
    "hindiConsonants": "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "aiueo": "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ",
    "aiueoFullWidth": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "iroha": "ｲﾛﾊﾆﾎﾍﾄﾁﾘﾇﾙｦﾜｶﾖﾀﾚｿﾂﾈﾅﾗﾑｳヰﾉｵｸﾔﾏｹﾌｺｴﾃｱｻｷﾕﾒﾐｼヱﾋﾓｾｽﾝ",
    "irohaFullWidth": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン",  # noqa: E501
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
    "chicago": "*†‡§",
}
"""Alphabets by format; after the last letter each is doubled, then trebled: y, z, aa, bb."""
_DIGITS = {
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseDigital": "○一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
    "koreanDigital2": "零一二三四五六七八九",
}
_COUNTED = {
    "chineseCounting": ("○一二三四五六七八九", "十百千万", False),
    "chineseCountingThousand": ("零一二三四五六七八九", "十百千万", False),
    "taiwaneseCounting": ("零一二三四五六七八九", "十百千萬", False),
    "taiwaneseCountingThousand": ("零一二三四五六七八九", "十百千萬", False),
    "chineseLegalSimplified": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟萬", False),
    "ideographLegalTraditional": ("零壹貳參肆伍陸柒捌玖", "拾佰仟萬", False),
    "japaneseCounting": ("〇一二三四五六七八九", "十百千万", True),
    "japaneseLegal": ("零壱弐参四伍六七八九", "拾百阡萬", False),
    "koreanCounting": ("영일이삼사오육칠팔구", "십백천만", True),
    "koreanLegal": ("영일이삼사오육칠팔구", "십백천만", True),
}
"""Digits from 0, the words for 10, 100, 1,000 and 10,000, and whether the one before those and the zero within go."""
_RANGES = {
    "decimalEnclosedCircle": ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)),
    "decimalEnclosedCircleChinese": ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)),
    "decimalEnclosedFullstop": ((1, 20, 0x2488),),
    "decimalEnclosedParen": ((1, 20, 0x2474),),
    "ideographEnclosedCircle": ((1, 10, 0x3280),),
}
"""First and last number, and the character of the first."""


def written(number: int, format: str, language: str = "en") -> str:
    """A number in a format by Word's name of it; in digits where the format, or Word's use of it, has no other way.

    `language`: of the document; words for numbers are known in English alone.
    """
    if not 0 < number <= _LARGEST:
        return "" if format == "none" else str(number)
    if format in _ALPHABETS:
        return _lettered(number, _ALPHABETS[format])
    if format in _DIGITS:
        return "".join(_DIGITS[format][int(digit)] for digit in str(number))
    if format in _COUNTED:
        return _counted(number, *_COUNTED[format])
    for first, last, character in _RANGES.get(format, ()):
        if first <= number <= last:
            return chr(character + number - first)
    if format in _ENGLISH and language.lower().startswith("en"):
        return _ENGLISH[format](number)
    return _OTHERS.get(format, str)(number)


def _lettered(number: int, alphabet: str) -> str:
    times, index = divmod(number - 1, len(alphabet))
    return alphabet[index] * (times + 1) if times < 30 else str(number)


def _counted(number: int, digits: str, units: str, is_short: bool) -> str:
    if number >= 10_000:
        thousands, rest = divmod(number, 10_000)
        above = "" if is_short and thousands == 1 else _counted(thousands, digits, units, is_short)
        zero = digits[0] if 0 < rest < 1000 and not is_short else ""
        return above + units[3] + zero + (_counted(rest, digits, units, is_short) if rest else "")
    said = ""
    text = str(number)
    for place, digit in zip(range(len(text) - 1, -1, -1), text, strict=True):
        if digit == "0":
            said += digits[0] if not is_short and not said.endswith(digits[0]) else ""
        else:
            is_silent = place > 0 and digit == "1" and (is_short or len(text) == 2)
            said += ("" if is_silent else digits[int(digit)]) + (units[place - 1] if place else "")
    return said.rstrip(digits[0])


def _hebrew(number: int) -> str:
    """The letters whose values add up; 15 and 16 are 9 + 6 and 9 + 7."""
    hundreds, rest = divmod(number % 1000, 100)
    said = "ת" * (hundreds // 4) + ("קרש"[hundreds % 4 - 1] if hundreds % 4 else "")
    if rest in (15, 16):
        return said + "ט" + _HEBREW[rest - 10]
    tens, ones = divmod(rest, 10)
    return said + ("יכלמנסעפצ"[tens - 1] if tens else "") + (_HEBREW[ones - 1] if ones else "")


def _words(number: int) -> str:
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        return f"{_words(thousands)} thousand" + (f" {_words(rest)}" if rest else "")
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" {_words(rest)}" if rest else "")
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def _ordinal_words(number: int) -> str:
    said = _words(number)
    start = max(said.rfind(" "), said.rfind("-")) + 1
    last = said[start:]
    ordinal = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return said[:start] + ordinal


def _ordinal(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"


_ENGLISH: dict[str, Callable[[int], str]] = {
    "cardinalText": lambda number: _words(number).capitalize(),
    "ordinalText": lambda number: _ordinal_words(number).capitalize(),
    "ordinal": _ordinal,
}
_OTHERS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "bullet": lambda _: "",
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "decimalZero": lambda number: f"{number:02}",
    "hex": lambda number: f"{number:X}",
    "numberInDash": lambda number: f"- {number} -",
    "hebrew1": _hebrew,
    "ordinal": lambda number: f"{number}.",
    "ideographZodiacTraditional": lambda number: _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12],
}
