"""The order in which people read what lies on a slide: from top to bottom, and from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Shape = TypeVar("Shape")


def in_reading_order(shapes: Sequence[tuple[Shape, Sequence[float] | None]]) -> list[Shape]:
    """Shapes by their places (top, left); one without a place follows the one before it in the file."""
    placed: list[tuple[Sequence[float], Shape]] = []
    last: Sequence[float] = (float("-inf"), float("-inf"))
    for shape, place in shapes:
        last = place or last
        placed.append((last, shape))
    return [shape for _, shape in sorted(placed, key=lambda item: tuple(item[0]))]
