"""Equations of Office files (OMML: ECMA-376, part 1, 22.1) as text in the manner of LaTeX: \\frac{a}{b}, x^{2}."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import DELETED, M, W

_SIGNS = r"""
    × \times ÷ \div ± \pm ∓ \mp ⋅ \cdot · \cdot ∙ \cdot ∘ \circ ≤ \leq ≥ \geq ≠ \neq ≈ \approx ≡ \equiv ∼ \sim
    ≃ \simeq ≅ \cong ∝ \propto ≪ \ll ≫ \gg ∞ \infty ∂ \partial ∇ \nabla ∈ \in ∉ \notin ∋ \ni ⊂ \subset
    ⊆ \subseteq ⊃ \supset ⊇ \supseteq ∪ \cup ∩ \cap ∅ \emptyset ∖ \setminus ∧ \wedge ∨ \vee ¬ \neg ∀ \forall
    ∃ \exists ∄ \nexists → \rightarrow ← \leftarrow ↔ \leftrightarrow ⇒ \Rightarrow ⇐ \Leftarrow
    ⇔ \Leftrightarrow ↦ \mapsto ↑ \uparrow ↓ \downarrow ∑ \sum ∏ \prod ∐ \coprod ∫ \int ∬ \iint ∭ \iiint ∮ \oint
    ∯ \oiint ∰ \oiiint ⋃ \bigcup ⋂ \bigcap ⋀ \bigwedge ⋁ \bigvee ⨁ \bigoplus ⨂ \bigotimes ⨀ \bigodot
    ⨄ \biguplus √ \sqrt ℏ \hbar ℓ \ell ℜ \Re ℑ \Im ℵ \aleph ⊕ \oplus ⊗ \otimes ⊙ \odot ⊥ \perp ∥ \parallel
    ∠ \angle ∴ \therefore ∵ \because ⟨ \langle ⟩ \rangle 〈 \langle 〉 \rangle ⌊ \lfloor ⌋ \rfloor ⌈ \lceil
    ⌉ \rceil ‖ \| ∣ \mid ⋯ \cdots ⋮ \vdots ⋱ \ddots { \{ } \} − - ∗ *
    """
_COMMANDS = dict(zip(_SIGNS.split()[::2], _SIGNS.split()[1::2], strict=True))
_LETTER = "[\u0391-\u03a9\u03b1-\u03c9\u03d1\u03d5\u03d6\u03f1\u03f5]"
_GREEK = re.compile(f"(?<![\u0370-\u03ff]){_LETTER}{{1,3}}(?![\u0370-\u03ff])")
_GREEK_NAMES = {"ϵ": "epsilon", "ϑ": "vartheta", "ϕ": "phi", "ϖ": "varpi", "ϱ": "varrho", "ς": "varsigma",
                "λ": "lambda", "Λ": "Lambda"}  # fmt: skip
_STYLED = re.compile("[\U0001d400-\U0001d7ff\u210e]")
_SYMBOLS = re.compile("[" + re.escape("".join(_COMMANDS)) + "]")
_NAMED = """arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log
    max min Pr sec sin sinh sup tan tanh"""
_FUNCTIONS = frozenset(_NAMED.split())
_ACCENTS = {"\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar",
            "\u0305": "overline", "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030c": "check",
            "\u20d7": "vec", "\u20d6": "overleftarrow", "\u20db": "dddot", "\u2192": "vec", "~": "tilde",
            "^": "hat", "\u00af": "bar", "\u203e": "bar", "\u02d9": "dot", "\u00a8": "ddot"}  # fmt: skip
_BRACES = {"⏟": "underbrace", "⏞": "overbrace", "⎵": "underbracket", "⎴": "overbracket", "→": "xrightarrow",
           "←": "xleftarrow", "⇒": "xRightarrow", "⇐": "xLeftarrow"}  # fmt: skip
_SPACES = re.compile(r"[ \xa0\u2000-\u200a\u202f\u205f\u3000]+")
_COMMAND_AT_END = re.compile(r"\\[A-Za-z]+$")
_LONGEST_COMMAND = 20
_ONE_ABOVE_OTHER = re.compile(r"\{(\w+) \\atop (\w+)\}")
_INSIDE_BRACES = re.compile(r"(?<=\{) | (?=\})")


def equation(element: Any) -> str:
    """The text of an m:oMath or m:oMathPara; lines of it are parted by line ends."""
    lines = (_SPACES.sub(" ", line).strip() for line in _said(element).split("\n"))
    return _INSIDE_BRACES.sub("", "\n".join(line for line in lines if line))


def _said(element: Any) -> str:
    """What the elements below one say, one after another; empty where there is no such element."""
    return "" if element is None else "".join(_one(child) for child in element)


def _one(element: Any) -> str:
    tag = element.tag
    if not isinstance(tag, str) or tag in DELETED or tag.endswith("Pr"):
        return ""
    if tag == f"{M}t":
        return element.text or ""
    if tag == f"{M}r":
        return _run(element)
    if tag == f"{W}t":
        return element.text or ""
    if tag == f"{W}br":
        return "\n"
    if tag == f"{W}tab":
        return " "
    if tag == f"{M}oMath" and element.getprevious() is not None and element.getprevious().tag == f"{M}oMath":
        return f"\n{_said(element)}"
    structure = _STRUCTURES.get(tag)
    said = structure(element) if structure else _said(element)
    return f"{said} " if _COMMAND_AT_END.search(said[-_LONGEST_COMMAND:]) else said


def _run(run: Any) -> str:
    text = _said(run)
    is_words = run.find(f"{M}rPr/{M}nor") is not None
    return text if is_words else _symbols(text)


def _symbols(text: str) -> str:
    """Mathematical characters by their commands; words in Greek stay."""
    text = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _GREEK.sub(lambda found: "".join(map(_greek, found[0])), text)
    return _SYMBOLS.sub(lambda found: f" {_COMMANDS[found[0]]} ", text)


def _greek(letter: str) -> str:
    name = _GREEK_NAMES.get(letter) or unicodedata.name(letter).split()[-1]
    return f" \\{name if letter in _GREEK_NAMES else name.lower() if letter.islower() else name.capitalize()} "


def _part(element: Any, name: str) -> str:
    return _said(element.find(f"{M}{name}")).strip()


def _property(element: Any, path: str, default: str) -> str:
    found = element.find("/".join(f"{M}{name}" for name in path.split("/")))
    return default if found is None else found.get(f"{M}val", "")


def _base(element: Any) -> str:
    """What a script belongs to, in braces where it is more than a sign, a word or something in brackets."""
    base = _part(element, "e")
    parts = element.find(f"{M}e")
    is_one = len(base) == 1 or base.isdecimal() or re.fullmatch(r"\\\w+", base)
    is_bracketed = parts is not None and len(parts) == 1 and parts[0].tag == f"{M}d"
    return base if not base or is_one or is_bracketed else f"{{{base}}}"


def _script(mark: str, text: str) -> str:
    return f"{mark}{{{text}}}" if text else ""


def _scripts(element: Any) -> str:
    return _base(element) + _script("_", _part(element, "sub")) + _script("^", _part(element, "sup"))


def _scripts_before(element: Any) -> str:
    return f"{{}}{_script('_', _part(element, 'sub'))}{_script('^', _part(element, 'sup'))}{_part(element, 'e')}"


def _fraction(element: Any) -> str:
    above, below = _part(element, "num"), _part(element, "den")
    match _property(element, "fPr/type", "bar"):
        case "noBar":
            return f"{{{above} \\atop {below}}}"
        case "lin" | "skw":
            return f"{{{above}}}/{{{below}}}"
    return f"\\frac{{{above}}}{{{below}}}"


def _root(element: Any) -> str:
    degree = _part(element, "deg")
    return f"\\sqrt{f'[{degree}]' if degree else ''}{{{_part(element, 'e')}}}"


def _delimited(element: Any) -> str:
    opening, closing = _property(element, "dPr/begChr", "("), _property(element, "dPr/endChr", ")")
    inside = [_said(part).strip() for part in element.findall(f"{M}e")]
    if (opening, closing, len(inside)) == ("(", ")", 1) and (pair := _ONE_ABOVE_OTHER.fullmatch(inside[0])):
        return f"\\binom{{{pair[1]}}}{{{pair[2]}}}"
    separator = _symbols(_property(element, "dPr/sepChr", "|"))
    begins, ends = (_symbols(character).strip() or "." for character in (opening, closing))
    return f"\\left{begins}{_apart(begins)}{separator.join(inside)}\\right{ends}{_apart(ends)}"


def _apart(command: str) -> str:
    return " " if command[-1].isalpha() else ""


def _large(element: Any) -> str:
    """A sum, a product, an integral."""
    sign = _symbols(_property(element, "naryPr/chr", "∫")).strip()
    scripts = _script("_", _part(element, "sub")) + _script("^", _part(element, "sup"))
    return f" {sign}{scripts or ' '}{_part(element, 'e')}"


def _function(element: Any) -> str:
    return f" {_named(_part(element, 'fName'))} {_part(element, 'e')} "


def _named(name: str) -> str:
    """A function's name: a command where LaTeX has one."""
    return f"\\{name}" if name in _FUNCTIONS else name


def _limit(mark: str, element: Any) -> str:
    base = _part(element, "e")
    return f" {_named(base)}{_script(mark, _part(element, 'lim'))}"


def _command(name: str, element: Any) -> str:
    return f"\\{name}{{{_part(element, 'e')}}}"


def _accent(element: Any) -> str:
    return _command(_ACCENTS.get(_property(element, "accPr/chr", "\u0302"), "hat"), element)


def _bar(element: Any) -> str:
    return _command("overline" if _property(element, "barPr/pos", "bot") == "top" else "underline", element)


def _grouped(element: Any) -> str:
    return _command(_BRACES.get(_property(element, "groupChrPr/chr", "⏟"), "underbrace"), element)


def _matrix(element: Any) -> str:
    rows = (" & ".join(_said(cell).strip() for cell in row.findall(f"{M}e")) for row in element.findall(f"{M}mr"))
    return "\\begin{matrix} " + " \\\\ ".join(rows) + " \\end{matrix}"


def _lines(element: Any) -> str:
    """Equations one below another; & aligns them, # parts their numbers from them."""
    lines = (_said(line).replace("&", "").replace("#", " ").strip() for line in element.findall(f"{M}e"))
    return "\n".join(lines)


_STRUCTURES = {
    f"{M}sSup": _scripts,
    f"{M}sSub": _scripts,
    f"{M}sSubSup": _scripts,
    f"{M}sPre": _scripts_before,
    f"{M}f": _fraction,
    f"{M}rad": _root,
    f"{M}d": _delimited,
    f"{M}nary": _large,
    f"{M}func": _function,
    f"{M}limLow": lambda element: _limit("_", element),
    f"{M}limUpp": lambda element: _limit("^", element),
    f"{M}acc": _accent,
    f"{M}bar": _bar,
    f"{M}groupChr": _grouped,
    f"{M}borderBox": lambda element: _command("boxed", element),
    f"{M}m": _matrix,
    f"{M}eqArr": _lines,
}
