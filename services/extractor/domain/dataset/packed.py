"""What a cell holds in 40 bytes for each of its values, as the database packs it, so that half a million add up fast.

The column cells.packed is made by the functions of migration 0011 in the order of the names here: a value that is
added to one of these enumerations gets the next number in both places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from coderai.measuring.feedback import Verdict
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Status
from coderai.services.extractor.domain.dataset.cell import Outdated

T = TypeVar("T")
Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
BINS = 10
"""Of the confidence, from 0 to 1."""

STATUSES: Sequence[Status] = (Status.EXTRACTED, Status.VALIDATED, Status.FLAGGED, Status.FAILED)
REASONS: Sequence[MissingReason] = (
    MissingReason.NOT_STATED,
    MissingReason.NOT_APPLICABLE,
    MissingReason.AMBIGUOUS,
    MissingReason.VAGUE,
    MissingReason.UNSUPPORTED,
    MissingReason.UNGROUNDED,
    MissingReason.INCOMPLETE,
    MissingReason.UNREADABLE,
    MissingReason.MODEL_FAILED,
    MissingReason.BELOW_THRESHOLD,
    MissingReason.NOT_FOUND,
)
VERDICTS: Sequence[Verdict] = (Verdict.CORRECT, Verdict.INCORRECT, Verdict.PARTIALLY_CORRECT)
OUTDATED: Sequence[Outdated] = (Outdated.FAILED, Outdated.UNIT_CHANGED, Outdated.REREAD)
FLAGS: Sequence[Flag] = (
    Flag.UNGROUNDED,
    Flag.UNSUPPORTED,
    Flag.UNCHECKED,
    Flag.LOW_CONFIDENCE,
    Flag.MULTIPLE_VALUES,
    Flag.AMBIGUOUS,
    Flag.INVALID,
    Flag.CATEGORY_MAPPED,
    Flag.DEFAULT_USED,
    Flag.REQUIRED_MISSING,
    Flag.EXAMPLE_LEAKED,
    Flag.INCOMPLETE,
    Flag.UNSURE_PAGE,
    Flag.DISPUTED,
    Flag.REJECTED,
)
_REASON, _VERDICT, _OUTDATED, _ASKED, _ANSWERED, _FURTHER, _BIN, _FLAGS = 3, 7, 9, 11, 12, 13, 14, 20
"""Where each begins among the bits of a cell's facts; the status is the lowest three."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The cells of one variable."""

    units: Numbers
    """Of each value: the last eight bytes of its unit's id."""
    hashes: Numbers
    """Of each value: jsonb_hash_extended."""
    numbers: npt.NDArray[np.float64]
    """Of each value: the number, or the year of the date; NaN where it is neither."""
    asked: Numbers
    """Of each value: hashtextextended of what its cell was asked."""
    facts: Numbers
    """Of each value."""

    @property
    def is_first(self) -> Truths:
        """Whether it stands for a cell: of a cell with several values the first does, of one without any its one."""
        return _equal(_bits(self.facts, _FURTHER, 1), 0)

    @property
    def is_value(self) -> Truths:
        """Whether it is a value at all."""
        return _equal(_bits(self.facts, _ANSWERED, 1), 1)

    def stale(self, asked_now: int, nothing_asked: int) -> Truths:
        """Of each value, whether its cell is stale, as adapters.staleness.stale says.

        `asked_now`, `nothing_asked`: the hashes of the variable's fingerprint as it stands, and of an empty one.
        """
        ruled_out = _equal(_bits(self.facts, _REASON, 4), 1 + REASONS.index(MissingReason.NOT_APPLICABLE))
        outdated = ~_equal(_bits(self.facts, _OUTDATED, 2), 0)
        never_asked = _equal(_bits(self.facts, _ASKED, 1), 0)
        otherwise = ~(_equal(self.asked, asked_now) | _equal(self.asked, nothing_asked))
        return outdated | (~ruled_out & (never_asked | otherwise))


def unpack(packed: bytes) -> Packed:
    """Any number of cells of one variable, one after the other."""
    columns = np.frombuffer(packed, dtype=">i8").reshape(-1, 5).T.astype(np.int64)
    return Packed(columns[0], columns[1], columns[2].view(np.float64), columns[3], columns[4])


@dataclass(frozen=True, slots=True)
class Facts:
    """What many cells have in common."""

    status: Status | None
    reason: MissingReason | None
    verdict: Verdict | None
    flags: Sequence[Flag]
    bin: int
    """Of the confidence, from 0."""
    is_answered: bool


@lru_cache(maxsize=4096)
def read_facts(facts: int) -> Facts:
    """The facts of a cell from their bits."""
    return Facts(
        _named(STATUSES, _bit(facts, 0, 3)),
        _named(REASONS, _bit(facts, _REASON, 4)),
        _named(VERDICTS, _bit(facts, _VERDICT, 2)),
        [flag for number, flag in enumerate(FLAGS) if _bit(facts, _FLAGS + number, 1)],
        _bit(facts, _BIN, 4),
        _bit(facts, _ANSWERED, 1) == 1,
    )


def _equal(numbers: Numbers, number: int) -> Truths:
    return np.equal(numbers, number)


def _bits(facts: Numbers, start: int, count: int) -> Numbers:
    return (facts >> start) & ((1 << count) - 1)


def _bit(facts: int, start: int, count: int) -> int:
    return (facts >> start) & ((1 << count) - 1)


def _named(names: Sequence[T], number: int) -> T | None:
    """The name with a number, from 1; 0 is none."""
    return names[number - 1] if number else None
