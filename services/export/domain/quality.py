"""How well each variable was coded, as codebooks tell it: counted over all cells, and estimated from judged ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from coderai.codebook.plain import write
from coderai.codebook.variable import Variable
from coderai.services.export.domain.coded import WITHHELD, Words
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.measured import Agreement, CalibrationBin, CategoryQuality, Estimate, Measured
from coderai.services.export.domain.storage import as_text
from coderai.services.export.domain.survey import Quality

Described = dict[str, Scalar | None]
"""Labels with their values."""

_ESTIMATES = {"accuracy": "Accuracy", "false_values": "False values", "missed_values": "Missed values"}
_BETWEEN = {"MODEL": "model and people", "PEOPLE": "people among themselves"}


def counted(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """What all cells of the variable tell, as JSON."""
    quality, words = dataset.survey.quality[variable.name], dataset.words
    mean, of_units, of_modelled = quality.mean_confidence, quality.percent_of_units, quality.percent_of_modelled
    return {
        "units": quality.units,
        "answered": quality.answered,
        "percent_answered": of_units(quality.answered),
        "mean_confidence": None if mean is None else round(mean, 3),
        "percent_flagged": of_units(quality.flagged),
        "percent_withheld": of_units(sum(quality.missing[reason] for reason in WITHHELD)),
        "percent_defaulted": of_units(quality.defaulted),
        **(_by_people(quality, words) if dataset.job is None else {}),
        "percent_missing": {reason: of_units(quality.missing[reason]) for reason in words.reasons},
        "percent_support": {support: of_modelled(quality.support[support]) for support in words.supports},
        "percent_evidence": {match: of_modelled(quality.evidence[match]) for match in words.matches},
        "models": dict(quality.models.most_common()),
        "prompt_versions": {str(version): count for version, count in sorted(quality.prompt_versions.items())},
        "values": [{"value": value, "count": count} for value, count in quality.frequencies.items()],
    }


def _by_people(quality: Quality, words: Words) -> dict[str, Any]:
    """What only the dataset has: what people have said, and what should be asked again."""
    return {
        "percent_corrected": quality.percent_of_units(quality.corrected),
        "percent_stale": quality.percent_of_units(quality.stale),
        "verdicts": {verdict: quality.verdicts[verdict] for verdict in words.verdicts},
    }


def measured(dataset: Dataset, variable: Variable) -> dict[str, Any] | None:
    """What is estimated of the variable from judged cells, as JSON; None where the dataset has no estimates."""
    return write(dataset.report.of(variable.name)) if dataset.report.variables else None


def quality_described(dataset: Dataset, variable: Variable) -> Described:
    """How well one variable was coded, for a reader: the labels are the same for every variable of a dataset."""
    quality = counted(dataset, variable)
    return {
        "Variable": variable.name,
        **_described_estimates(dataset, variable),
        "Units": quality["units"],
        "Answered": quality["answered"],
        "% answered": quality["percent_answered"],
        "Mean confidence": quality["mean_confidence"],
        "% flagged": quality["percent_flagged"],
        "% withheld": quality["percent_withheld"],
        "% defaulted": quality["percent_defaulted"],
        **_described_people(quality),
        **_labelled("% missing: ", quality["percent_missing"]),
        **_labelled("% of answers with support ", quality["percent_support"]),
        **_labelled("% of answers with evidence ", quality["percent_evidence"]),
        "Values": _list(f"{as_text(one['value'])}: {one['count']:,}" for one in quality["values"]),
        "Cells by model": _list(f"{model}: {count:,}" for model, count in quality["models"].items()),
        "Cells by prompt version": _list(f"{v}: {count:,}" for v, count in quality["prompt_versions"].items()),
    }


def _described_people(quality: Mapping[str, Any]) -> Described:
    if "verdicts" not in quality:
        return {}
    return {
        "% corrected by people": quality["percent_corrected"],
        "% stale": quality["percent_stale"],
        **_labelled("Verdicts: ", quality["verdicts"]),
    }


def _described_estimates(dataset: Dataset, variable: Variable) -> Described:
    """Each estimate in three columns, so that they can be sorted and drawn; those of parts as text."""
    if not dataset.report.variables:
        return {}
    found: Measured = dataset.report.of(variable.name)
    estimates: Described = {
        "Cells judged in drawn samples": found.judged,
        "Cells that no sample covers": found.not_covered,
    }
    for field, label in _ESTIMATES.items():
        estimate: Estimate | None = getattr(found, field)
        estimates[f"{label} (estimate)"] = None if estimate is None else round(estimate.value, 3)
        estimates[f"{label}: from"] = None if estimate is None else round(estimate.low, 3)
        estimates[f"{label}: to"] = None if estimate is None else round(estimate.high, 3)
    error = found.expected_calibration_error
    return {
        **estimates,
        "By value (estimates)": _list(map(_of_category, found.categories)),
        "Agreement": _list(map(_of_agreement, found.agreement)),
        "Calibration error": None if error is None else round(error, 3),
        "Accuracy by confidence": _list(map(_of_bin, found.calibration)),
    }


def told(estimate: Estimate) -> str:
    """An estimate in words: "0.9 (0.8 to 0.95; 40 cells)"."""
    cells = "1 cell" if estimate.cells == 1 else f"{estimate.cells:,} cells"
    return f"{estimate.value:.3g} ({estimate.low:.3g} to {estimate.high:.3g}; {cells})"


def _of_category(found: CategoryQuality) -> str:
    parts = {"precision": found.precision, "recall": found.recall, "F1": found.f1}
    estimates = ", ".join(f"{name} {told(estimate)}" for name, estimate in parts.items() if estimate)
    return f"{as_text(found.value)}: {estimates or 'nothing can be estimated'}"


def _of_agreement(found: Agreement) -> str:
    alpha = found.krippendorff_alpha
    parts = [f"{_BETWEEN.get(found.between, found.between)}: agree on {told(found.percent)}"]
    if found.cohen_kappa is not None:
        parts.append(f"Cohen's kappa {found.cohen_kappa:.3g}")
    if alpha is not None:
        parts.append(f"Krippendorff's alpha ({found.level}) {told(alpha)}")
    return ", ".join(parts)


def _of_bin(found: CalibrationBin) -> str:
    ends = f"{found.low:.3g} to {found.high:.3g}"
    return f"{ends}: mean confidence {found.mean_confidence:.3g}, right {told(found.accuracy)}"


def _labelled(label: str, figures: Mapping[str, float]) -> Described:
    return {f"{label}{name}": figure for name, figure in figures.items()}


def _list(lines: Iterable[str]) -> str | None:
    return "\n".join(lines) or None
