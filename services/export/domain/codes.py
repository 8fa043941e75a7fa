"""Numbers for categories, where a dataset is to have those in place of the categories themselves."""

from __future__ import annotations

from collections.abc import Mapping

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import VariableType
from coderai.services.export.domain.survey import Survey

Codes = Mapping[str, int]
"""The number of each category of a variable in the codebook, from 1."""


def codes_of(codebook: Codebook, counted: Survey) -> dict[str, Codes]:
    """By the name of each CATEGORY variable that can be written so: all of its values are categories of the codebook.

    Others are several values joined to a text, or are from before a category was renamed.
    """
    return {
        variable.name: {category.value: code for code, category in enumerate(variable.categories, start=1)}
        for variable in codebook.variables
        if variable.type is VariableType.CATEGORY and not counted.quality[variable.name].unlisted
    }
