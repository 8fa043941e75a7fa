"""A prompt's text in its parts: the instructions, and what code adds to them (the list of categories, the examples)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from coderai.codebook.prompt import choice_lines, example_line
from coderai.codebook.variable import Category, GoldenExample, Variable


@dataclass(frozen=True, slots=True)
class Wording:
    """The parts of a variable's active prompt. A person's own text may have its categories and examples nowhere."""

    instructions: str
    categories: tuple[Category, ...] = ()
    """Those that are listed in it."""
    examples: tuple[GoldenExample, ...] = ()
    """Those of the variable's that stand in it."""

    @classmethod
    def of(cls, variable: Variable) -> Self:
        """Takes from the active prompt what `text` would put there again."""
        text = f"\n{variable.active_prompt.text.strip()}\n"
        listed, shown = variable.categories, []
        block = "".join(f"{line}\n" for line in choice_lines(listed))
        if not block or f"\n{block}" not in text:
            listed = ()
        else:
            text = text.replace(f"\n{block}", "\n", 1)
        for example in variable.golden_examples:
            line = f"\n{example_line(example)}\n"
            if line in text:
                text = text.replace(line, "\n", 1)
                shown.append(example)
        return cls(text.strip(), listed, tuple(shown))

    def text(
        self,
        *,
        instructions: str | None = None,
        categories: Sequence[Category] = (),
        new_examples: Sequence[GoldenExample] = (),
    ) -> str:
        """The prompt's text with other instructions, other descriptions of its categories, and further examples."""
        kept = self.instructions if instructions is None else instructions.strip()
        examples = map(example_line, (*self.examples, *new_examples))
        return "\n".join([*([kept] if kept else []), *choice_lines(categories or self.categories), *examples])


def difference(before: str, after: str) -> str:
    """What changes from one text to another, as a unified diff; empty when nothing does."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "active", "option", lineterm="")
    return "\n".join(lines)
