"""What readers should know of a dataset before any format is thought of: what was asked for and could not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coderai.codebook.variable import VariableType
from coderai.services.export.domain.details import OF_PEOPLE
from coderai.services.export.domain.export import CategoriesAs

if TYPE_CHECKING:
    from coderai.services.export.domain.dataset import Dataset

_MOST_NAMED = 3


def remarks(dataset: Dataset) -> Iterator[str]:
    """A sentence each."""
    asked = [name for name in OF_PEOPLE if getattr(dataset.options, name)]
    if dataset.job is not None and asked:
        yield f"The columns of {', '.join(asked)} are empty, as the rows of a job are as the model gave them."
    absent = dataset.choice.missing(line.id for line in dataset.survey.documents)
    if absent:
        some = f"{', '.join(absent[:_MOST_NAMED])}{' ...' if len(absent) > _MOST_NAMED else ''}"
        yield f"Of the chosen documents {len(absent):,} are not in it: {some}."
    if dataset.options.categories_as is CategoriesAs.CODES:
        yield from _without_codes(dataset)


def _without_codes(dataset: Dataset) -> Iterator[str]:
    for variable in dataset.codebook.variables:
        if variable.type is VariableType.CATEGORY and variable.name not in dataset.codes:
            some = ", ".join(sorted(dataset.survey.quality[variable.name].unlisted)[:_MOST_NAMED])
            yield (
                f"The variable {variable.name} has its categories and no codes, as some of its values are no categories"
                f" of the codebook: {some}."
            )
