"""Writes the R script beside a CSV: it needs R alone, and gives a data frame with types, labels and missing values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.storage import Storage, stored_columns, with_the_same_words
from coderai.services.export.domain.unicode_text import as_unicode

_OPENING = """\
# Reads the CSV that it stands beside as the data frame `data`, with R alone:
#     source("<this file>", chdir = TRUE)
# An empty cell is NA. Columns have their labels in attr(data$name, "label").

data <- local({{

data <- read.csv({literal}, sep = {delimiter}, quote = "\\"", dec = ".", encoding = "UTF-8", colClasses = "character",
                 na.strings = "", strip.white = FALSE, comment.char = "", check.names = FALSE)
columns <- {columns}
stopifnot(ncol(data) == length(columns))
names(data) <- columns  # without a byte order mark
"""
_TEXTS = """
# Before a text that a spreadsheet would run as a formula stands an apostrophe.
texts <- {columns}
data[texts] <- lapply(data[texts], function(text) {{
  sub("^'(?='*[=+\\\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20])", "", text, perl = TRUE)
}})
"""
_CONVERSIONS = {
    Storage.NUMBER: "as.numeric",
    Storage.WHOLE: "as.integer",
    Storage.BOOLEAN: 'function(said) said == "TRUE"',
    Storage.DAY: "as.Date",
}
_FACTORS = """
# Of few words: in the codebook's order, with those behind them that it does not have (any more).
words <- {words}
for (name in {columns}) data[[name]] <- factor(data[[name]], levels = union(words, na.omit(data[[name]])))
"""
_CODES = """
# Codes of categories.
words <- {words}
for (name in {columns}) data[[name]] <- factor(as.integer(data[[name]]), levels = seq_along(words), labels = words)
"""
_LABELS = """
labels <- {labels}
for (name in names(labels)) attr(data[[name]], "label") <- labels[[name]]
data
}})
"""


def write_load_r(dataset: Dataset, path: Path) -> None:
    """The script is ASCII, whatever the texts, so that R reads it the same everywhere."""
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(_parts(dataset))


def _parts(dataset: Dataset) -> Iterator[str]:
    columns = stored_columns(dataset)
    yield _OPENING.format(
        literal=_text(dataset.file_name(".csv")),
        delimiter=_text(dataset.options.delimiter),
        columns=_vector(found.name for found in columns),
    )
    texts = [found.name for found in columns if found.storage in (Storage.TEXT, Storage.WORD)]
    yield _TEXTS.format(columns=_vector(texts))
    for storage, convert in _CONVERSIONS.items():
        names = [found.name for found in columns if found.storage is storage]
        if names:
            yield f"\nothers <- {_vector(names)}\ndata[others] <- lapply(data[others], {convert})\n"
    for storage, part in ((Storage.WORD, _FACTORS), (Storage.CODE, _CODES)):
        for words, names in with_the_same_words(columns, storage).items():
            yield part.format(words=_vector(words), columns=_vector(names))
    yield _LABELS.format(labels=_list((found.name, _text(found.label)) for found in columns))


def _list(parts: Iterable[tuple[str, str]]) -> str:
    return "list(\n" + ",\n".join(f"  {_text(name)} = {part}" for name, part in parts) + "\n)"


def _vector(texts: Iterable[str]) -> str:
    return "c(\n" + ",\n".join(f"    {_text(text)}" for text in texts) + "\n  )"


def _text(text: str) -> str:
    """A text as R reads it: with JSON's escapes, but a character beyond 16 bits is one, and none is empty."""
    whole = as_unicode(text).replace("\0", "")
    escaped = (json.dumps(char)[1:-1] if ord(char) < 0x10000 else f"\\U{ord(char):08x}" for char in whole)
    return f'"{"".join(escaped)}"'
