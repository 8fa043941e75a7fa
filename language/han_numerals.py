"""Reads numerals in Chinese characters, as Chinese and Japanese write them."""

from __future__ import annotations

import regex

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_POWERS = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_NUMERAL = "".join([*_DIGITS, *_POWERS, *_MYRIADS])

HAN_COUNT = regex.compile(
    rf"(?<![第数數几幾\d{_NUMERAL}])[{_NUMERAL}]+(?=[多余餘]?"
    r"[人名个個位件次所辆輛台头頭只隻天小公米吨噸元円块項项歳岁歲])"
)
"""A regular expression for a numeral before a word that counts."""


def han_value(numeral: str) -> int | None:
    """Gives the value of a numeral; None when it is not one, or is abridged ("三百五" is 350, "三四" three or four)."""
    if not numeral or not set(numeral) <= set(_NUMERAL):
        return None
    if set(numeral) <= _DIGITS.keys():
        year_or_digit = len(numeral) == 1 or len(numeral) >= 4 or "〇" in numeral
        return int("".join(str(_DIGITS[char]) for char in numeral)) if year_or_digit else None
    total = section = 0
    digit: int | None = None
    power, myriad, lowest = 10_000, 10**12, 10
    for char in numeral:
        if char in _DIGITS and not digit:
            digit = _DIGITS[char]
            lowest = lowest if digit else 1
        elif _POWERS.get(char, power) < power:
            power = lowest = _POWERS[char]
            section, digit = section + (digit or 1) * power, None
        elif _MYRIADS.get(char, myriad) < myriad and section + (digit or 0):
            myriad = lowest = _MYRIADS[char]
            total, section, digit, power = total + (section + (digit or 0)) * myriad, 0, None, 10_000
        else:
            return None
    abridged = digit and lowest > 10
    return None if abridged else total + section + (digit or 0)
