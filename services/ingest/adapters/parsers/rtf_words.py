"""The control words of RTF 1.9.1 that decide what its text is."""

from __future__ import annotations

CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "column": "\n",
    "emdash": "\u2014",
    "endash": "\u2013",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "~": "\xa0",
    "_": "-",
}
"""Words and symbols that stand for characters."""
INTO = {
    "fonttbl": "fonts",
    "footnote": "note",
    "shptxt": "note",
    "dptxbxtext": "note",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "head"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "foot"),
    "title": "title",
    "author": "author",
    "annotation": "comment",
}
"""Where the text of a group goes that begins with such a word, in place of the body."""
STARRED_AND_KNOWN = frozenset(
    "ud footnote annotation shpinst shpgrp do moMath moMathPara nesttableprops".split()  # noqa: SIM905
)
"""Groups that programs may ignore, whose text is shown by those that know them."""
PASSED_OVER = frozenset(
    """colortbl stylesheet filetbl listtable listoverridetable revtbl pict objdata objclass objname shprslt sp
    nonshppict fldinst datafield upr xe tc txe rxe pntxta pntxtb info subject manager company operator category keywords
    comment doccomm hlinkbase creatim revtim printim buptim nextfile template generator nonesttables ftnsep ftnsepc
    ftncn aftnsep aftnsepc aftncn atnid atnauthor atnref bkmkstart bkmkend mchr mbegChr mendChr msepChr ffname
    private themedata colorschememapping datastore latentstyles leveltext levelnumbers listname""".split()  # noqa: SIM905
)
"""Words whose groups have no text that is shown. The fields of the metadata lie within one of them."""
FIELDS = frozenset(("title", "author"))
CHARSETS = {
    77: "mac_roman",
    78: "cp932",
    79: "cp950",
    80: "cp949",
    81: "mac_arabic",
    83: "mac_greek",
    84: "mac_cyrillic",
    85: "mac_turkish",
    88: "mac_latin2",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
"""Encodings by a font's character set; of others it is the file's."""
