"""The ETag of a variable: what tells one state of its definition from another."""

from __future__ import annotations

from coderai.codebook.definition import definition
from coderai.codebook.variable import Variable
from coderai.kit.etags import etag_of


def etag_of_variable(variable: Variable) -> str:
    """Another for each definition; its place among the columns and its prompt, which change otherwise, do not count."""
    return etag_of(definition(variable))
