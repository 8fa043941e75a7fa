"""Writes the Python script beside a CSV: with pandas it gives a DataFrame with types, labels and missing values."""

from __future__ import annotations

from pathlib import Path

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.storage import StoredColumn, stored_columns

_SCRIPT = '''\
"""Reads the CSV that it stands beside with pandas, 2 or newer: load() gives a DataFrame, with its labels in attrs."""

import re
from pathlib import Path

import pandas as pd

FILE = Path(__file__).with_name({file})
WORDS = [
{words}
]
"""Of columns that have few: in the codebook's order."""
COLUMNS = {{
{columns}
}}
"""By name: what its cells are, what it holds, and the words that it has."""
# Before a text that a spreadsheet would run as a formula stands an apostrophe.
FORMULA = re.compile(r"^'(?='*[=+\\-@\\t\\r\\n＝＋－＠])")


def load(path=FILE):
    data = pd.read_csv(
        path, sep={delimiter}, encoding="utf-8-sig", dtype=str, keep_default_na=False, na_values=[""]
    )
    assert list(data.columns) == list(COLUMNS), "the CSV is another one"
    for name, (kind, label, words) in COLUMNS.items():
        data[name] = READERS[kind](data[name], words)
    data.attrs["labels"] = {{name: label for name, (kind, label, words) in COLUMNS.items()}}
    return data


def text(cells, words):
    return cells.map(lambda cell: FORMULA.sub("", cell), na_action="ignore").astype(cells.dtype)


def number(cells, words):
    return pd.to_numeric(cells).astype("float64")


def whole(cells, words):
    return pd.to_numeric(cells).astype("Int64")


def day(cells, words):
    return cells.astype("datetime64[s]")


def boolean(cells, words):
    return cells.map({{"TRUE": True, "FALSE": False}}).astype("boolean")


def word(cells, words):
    cells = text(cells, words)
    others = [cell for cell in cells.dropna().unique() if cell not in words]
    return pd.Categorical(cells, categories=[*words, *others])


def code(cells, words):
    return pd.Categorical(cells.map({{str(code): word for code, word in enumerate(words, 1)}}), categories=words)


READERS = {{
    "TEXT": text,
    "NUMBER": number,
    "WHOLE": whole,
    "DAY": day,
    "BOOLEAN": boolean,
    "WORD": word,
    "CODE": code,
}}

if __name__ == "__main__":
    print(load())
'''


def write_load_python(dataset: Dataset, path: Path) -> None:
    """Writes the script, in UTF-8."""
    columns = stored_columns(dataset)
    words = list(dict.fromkeys(tuple(found.words) for found in columns))
    script = _SCRIPT.format(
        file=ascii(dataset.file_name(".csv")),
        delimiter=ascii(dataset.options.delimiter),
        words="\n".join(f"    {of!r}," for of in words),
        columns="\n".join(_column(found, words.index(tuple(found.words))) for found in columns),
    )
    path.write_text(script, encoding="utf-8", newline="\n")


def _column(found: StoredColumn, words: int) -> str:
    return f"    {found.name!r}: ({found.storage.value!r}, {found.label!r}, WORDS[{words}]),"
