"""What the figures of quality rest on and what they leave out, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coderai.services.extractor.usecases.quality import Measured, VariableQuality


def notes_on(measured: Measured, found: Sequence[VariableQuality]) -> list[str]:
    """The sentences, those that say most first."""
    if not measured.samples:
        return ["no sample has been drawn yet: nothing can be estimated; draw one, and judge its cells"]
    return [*_rest(measured, found), *_left_out(measured, found), *_how(found)]


def _rest(measured: Measured, found: Sequence[VariableQuality]) -> Iterator[str]:
    used = {sample for one in found for sample in one.quality.samples}
    designs = Counter(sample.design.lower() for sample in measured.samples if sample.id in used)
    judged, drawn = _total(found, "judged"), _total(found, "drawn")
    samples = " and ".join(f"{many} {design} {_s('sample', many)}" for design, many in sorted(designs.items()))
    if used:
        cells = f"{judged} {_s('cell', judged)}"
        yield f"estimates rest on {cells} judged in {samples}; verdicts given elsewhere do not enter"
    else:
        yield "no cell of a drawn sample has been judged yet: nothing can be estimated"
    if used and judged < drawn:
        yield (
            f"{drawn - judged} of {drawn} drawn cells are not judged: those judged stand for all of their stratum, as"
            " they were shown in random order; whoever leaves out hard cells makes this too good"
        )
    if len(used) > 1:
        yield "several samples count by the number of equal cells that each is worth; a cell drawn twice counts twice"


def _left_out(measured: Measured, found: Sequence[VariableQuality]) -> Iterator[str]:
    if lapsed := _total(found, "lapsed"):
        yield (
            f"{lapsed} {_s('cell', lapsed)} that people said to be wrong, without what is right, {_is(lapsed)} left"
            " out, as the model gives another answer now: until they are judged again, estimates may be too good"
        )
    if disputed := _total(found, "disputed"):
        yield f"on {disputed} judged {_s('cell', disputed)} people differ: the newest that says what is right counts"
    if unnamed := _total(found, "unnamed"):
        yield (
            f"of {unnamed} wrong {_s('cell', unnamed)} nobody says what is right: they count as wrong, but not for"
            " recall, F1 and agreement"
        )
    if measured.gone:
        yield f"{measured.gone} drawn {_s('cell', measured.gone)} {_is(measured.gone)} no longer in the dataset"
    if later := sum(one.population.not_covered for one in found):
        yield f"{later} {_s('cell', later)} came after the newest sample of the variable: no estimate covers them"


def _how(found: Sequence[VariableQuality]) -> Iterator[str]:
    if any(one.quality.calibration for one in found):
        yield "calibration is of cells with a value; with few cells its error is too large, as chance counts as error"
    if any(one.quality.with_model for one in found):
        yield "kappa and alpha are of the judged cells as they are: unlike the estimates, they are not weighted"
    if any(one.quality.among_people for one in found):
        yield "agreement among people is of all cells that two or more have judged; nobody drew these at random"


def _total(found: Sequence[VariableQuality], name: str) -> int:
    return sum(getattr(one.quality.tally, name) for one in found)


def _s(noun: str, many: int) -> str:
    return noun if many == 1 else f"{noun}s"


def _is(many: int) -> str:
    return "is" if many == 1 else "are"
