"""Characters that only look different are folded, wherever they stand in Unicode."""

from __future__ import annotations

import sys
import unicodedata

from coderai.language.characters import fold


def test_every_decimal_digit_of_unicode_is_folded() -> None:
    digits = "".join(filter(str.isdecimal, map(chr, range(sys.maxunicode + 1))))
    assert len(digits) > 600
    assert fold(digits) == "".join(str(unicodedata.digit(digit)) for digit in digits)
