"""Reads a yes or a no that stands by itself, in many languages."""

from __future__ import annotations

import regex

from coderai.language.characters import fold, lower

_YES = """
1 1.0 true yes y t on ✓ ✔ ☑ ☒ oui vrai ja wahr sí si verdadero cierto sim verdadeiro vero waar sand sant kyllä tosi tak
prawda ano pravda áno da adevărat igen igaz да правда так істина ναι αληθές evet doğru نعم أجل صحيح بله بلی درست ہاں हाँ
हां सही হ্যাঁ ஆம் ใช่ จริง ya benar có đúng oo ndiyo kweli 是 是的 对 對 有 真 はい 예 네 참 כן אמת
"""
_NO = """
0 0.0 false no n f off ✗ ✘ ☐ non faux nein nee falsch falso não nao nej falsk falskt usant ei epätosi nie fałsz ne
nepravda nu fals nem hamis нет ложь не ні хибність όχι ψευδές hayır yanlış لا كلا خطأ نه خیر غلط نہیں नहीं गलत ग़लत না
இல்லை ไม่ ไม่ใช่ เท็จ tidak bukan salah không sai hindi hapana 否 不是 不 没有 沒有 无 假 いいえ 偽 아니요 아니오 거짓 לא שקר
"""
_TRUTH = dict.fromkeys(_NO.split(), False) | dict.fromkeys(_YES.split(), True)
_LEADING_WORD = regex.compile(r"([\p{L}\p{M}'-]+)\s?[,.;:!،。，、！(-]")


def parse_boolean(text: str) -> bool | None:
    """Reads `text` as a truth value.

    Args:
        text: One short value in any language, such as "Yes", "нет", "true", "0" or "No, it was denied".

    Returns:
        The truth value, or None when the text is neither a yes nor a no ("unknown", "no information").
    """
    stripped = lower(fold(text)).strip(" \t\r\n\"'.!()[]。！")
    if stripped in _TRUTH:
        return _TRUTH[stripped]
    leading = _LEADING_WORD.match(stripped)
    return _TRUTH.get(leading[1]) if leading else None
