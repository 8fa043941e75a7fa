"""Words as the offline engine compares them, and those that say nothing by themselves."""

from __future__ import annotations

from collections.abc import Iterator

import regex

WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*")

_CONNECTING = """
a about after all also although among an and any are around as at be because been before being between both but by can
could did do does down during each either every few for from further had has have having he her here him his how i if in
into is it its just less many may me more most much must my near no nor not of off on once one only or other our out
over own per said same say says shall she should since so some still such than that the their them then there these they
this those through to too under until up upon us very was we were what when where whether which while who whom whose why
will with within without would you your according told added asked nearly almost least others another yes given stated
de la le les des du un une et en el los las del y que por para con una der die das den dem ein eine und von zu mit auf
im für il lo gli di e da per che o os as do em um uma na no het een van op
"""
_OF_ALL_VARIABLES = "number numbers amount count total how many much people person persons name names value"

_EMPTY = frozenset(_CONNECTING.split())
_COMMON = frozenset(_OF_ALL_VARIABLES.split())


def stem(word: str) -> str:
    """The word without the endings of English plurals and participles, in lower case."""
    folded = word.casefold().replace("’", "'").removesuffix("'s")
    if len(folded) > 4 and folded.endswith("ies"):
        return folded[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        if len(folded) - len(ending) >= 4 and folded.endswith(ending) and not folded.endswith("ss"):
            return folded[: -len(ending)]
    return folded


def says_nothing(word: str) -> bool:
    """Whether the word only connects others."""
    return word.casefold() in _EMPTY


def telling(text: str) -> Iterator[str]:
    """The words of a text that say something, as they stand."""
    return (word for word in WORD.findall(text) if not says_nothing(word))


def stems(text: str) -> frozenset[str]:
    """The stems of a text's telling words, without those that all variables have (number, name, date of ...)."""
    found = frozenset(stem(word) for word in telling(text.replace("_", " ")))
    bare = frozenset(one for one in found if one not in _COMMON)
    return bare or found
