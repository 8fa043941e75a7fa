"""The variables of a dataset as DDI-Codebook 2.5 has them: a var for each column, a varGrp for what a project defines.

A varGrp has its variable's definition and quality, and names the columns; the column with its values has its prompt,
categories and how often they occur.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coderai.codebook.types import ExportKind
from coderai.codebook.variable import Variable, VariableType
from coderai.services.export.adapters.ddi_elements import Element, add, add_text
from coderai.services.export.domain.codebook import described
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.quality import Described, quality_described
from coderai.services.export.domain.storage import Storage, StoredColumn, as_text, stored_columns
from coderai.services.export.domain.survey import Quality

FILE = "F1"
"""The id of the dataset's file, of which there is one."""
_IN_GROUP = ("Variable", "Display name", "Instructions", "Columns")
"""What elements of their own say."""
_CODING = (
    "Validation rules",
    "Confidence threshold",
    "If uncertain",
    "If unsupported",
    "If multiple values",
    "If range",
    "Default value",
)
"""Of a definition: what is made of answers."""
_REPRESENTED = {
    Storage.TEXT: "text",
    Storage.NUMBER: "numeric",
    Storage.WHOLE: "numeric",
    Storage.DAY: "datetime",
    Storage.BOOLEAN: "code",
    Storage.WORD: "code",
    Storage.CODE: "code",
}
_NUMERIC = (Storage.NUMBER, Storage.WHOLE, Storage.CODE)


def add_variables(parent: Element, dataset: Dataset) -> None:
    """Adds all groups, then all columns, as the schema has them."""
    columns = stored_columns(dataset)
    ids = {column.name: f"V{number}" for number, column in enumerate(columns, start=1)}
    definitions = {variable.name: described(dataset, variable) for variable in dataset.codebook.variables}
    for number, variable in enumerate(dataset.codebook.variables, start=1):
        own = [column.name for column in columns if column.column.variable == variable.name]
        names = own or dataset.table.columns_of(variable.name)
        parts = {"definition": definitions[variable.name], "quality": quality_described(dataset, variable)}
        _add_group(parent, f"G{number}", [ids[name] for name in names], variable, parts)
    variables = {variable.name: variable for variable in dataset.codebook.variables}
    for column in columns:
        of_values = None if column.column.detail else variables.get(column.column.variable)
        told = {} if of_values is None else definitions[of_values.name]
        _add_column(parent, ids[column.name], column, of_values, told, _quality(dataset, of_values))


def _add_group(
    parent: Element, id: str, members: Sequence[str], variable: Variable, parts: Mapping[str, Described]
) -> None:
    """`parts`: the variable's definition and quality, each by its kind."""
    group = add(parent, "varGrp", ID=id, type="other", name=variable.name, var=" ".join(members))
    add(group, "labl", variable.display_name or variable.name)
    add_text(group, "txt", variable.instructions)
    for kind, part in parts.items():
        for label, value in part.items():
            if label not in _IN_GROUP:
                add_text(group, "notes", as_text(value) or "", type=kind, subject=label)


def _add_column(
    parent: Element,
    id: str,
    column: StoredColumn,
    of_values: Variable | None,
    told: Described,
    quality: Quality | None,
) -> None:
    """`of_values`: the variable whose values the column has, if any; `told` is its definition."""
    made = add(parent, "var", ID=id, name=column.name, files=FILE, **_attributes(column, of_values))
    add(made, "labl", column.label)
    if of_values is not None:
        _add_asked(made, of_values, told)
    if quality is not None:
        empty = quality.empty.total()
        add(made, "sumStat", str(quality.units - empty), type="vald")
        add(made, "sumStat", str(empty), type="invd")
    if of_values is not None:
        add_text(made, "txt", of_values.instructions)
        _add_categories(made, column, of_values, quality)
        add(made, "codInstr", _coding(told))
        add(add(made, "verStmt"), "version", f"prompt {of_values.active_prompt.version}", type="prompt")
    else:
        for word in column.words:
            _add_category(made, word, word)
    _add_format(made, column)


def _quality(dataset: Dataset, variable: Variable | None) -> Quality | None:
    """What was counted of the variable, where one column has all of its values and a row is a unit."""
    if variable is None or dataset.layout is not Layout.WIDE or variable.name in dataset.survey.most_values:
        return None
    return dataset.survey.quality[variable.name]


def _attributes(column: StoredColumn, variable: Variable | None) -> Mapping[str, str]:
    is_weight = column.column.detail == "weight"
    is_nominal = variable is not None and variable.type in (VariableType.CATEGORY, VariableType.BOOLEAN)
    return {
        "intrvl": "contin" if column.storage is Storage.NUMBER else "discrete",
        "representationType": _REPRESENTED[column.storage],
        **({"wgt": "wgt"} if is_weight else {}),
        **({"nature": "nominal"} if is_nominal else {}),
    }


def _add_asked(made: Element, variable: Variable, told: Described) -> None:
    """The prompt, the range that values must lie in, and when the variable is asked at all."""
    if variable.active_prompt.text:
        add(add(made, "qstn"), "qstnLit", variable.active_prompt.text)
    rules = variable.validation_rules
    limits = {name: str(limit) for name, limit in (("min", rules.min), ("max", rules.max)) if limit is not None}
    if limits and variable.type is VariableType.NUMBER:
        add(add(made, "valrng"), "range", UNITS="REAL", **limits)
    if variable.depends_on:
        add(made, "universe", f"units of which: {told['Depends on']}", clusion="I")


def _add_categories(made: Element, column: StoredColumn, variable: Variable, quality: Quality | None) -> None:
    """Each value with its description and how often it occurs, and each reason for which there is none."""
    for code, (value, label, text) in enumerate(_values(variable), start=1):
        count = None if quality is None else quality.frequencies[value]
        _add_category(made, str(code) if column.storage is Storage.CODE else label, label, text, count)
    for reason, count in () if quality is None else quality.empty.items():
        missing = add(made, "catgry", missing="Y", missType=reason)
        add(missing, "labl", reason)
        add(missing, "catStat", str(count), type="freq")


def _values(variable: Variable) -> list[tuple[Scalar, str, str]]:
    """The values that it may have, each as the table has it and with its description."""
    if variable.type is VariableType.BOOLEAN:
        return [(True, "TRUE", ""), (False, "FALSE", "")]
    return [(category.value, category.value, category.description) for category in variable.categories]


def _add_category(made: Element, value: str, label: str, text: str = "", count: int | None = None) -> None:
    category = add(made, "catgry")
    add(category, "catValu", value)
    add(category, "labl", label)
    add_text(category, "txt", text)
    if count is not None:
        add(category, "catStat", str(count), type="freq")


def _coding(told: Described) -> str:
    return "\n".join(f"{label}: {as_text(told[label])}" for label in _CODING if told[label] not in (None, ""))


def _add_format(made: Element, column: StoredColumn) -> None:
    is_date = column.storage is Storage.DAY or column.column.kind == ExportKind.DATE
    kind = "numeric" if column.storage in _NUMERIC else "character"
    named = {"formatname": "date.iso8601", "category": "date"} if is_date else {}
    add(made, "varFormat", type=kind, schema="ISO", **named)
