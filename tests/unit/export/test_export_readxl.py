"""A workbook as R's readxl reads it: numbers, yes or no and texts are what the dataset has."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from coderai.services.export.adapters.xlsx_file import write_xlsx
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.storage import Storage, stored_columns
from tests.unit.export.everything import everything

RSCRIPT = shutil.which("Rscript")
_BEGIN_FORMULAS = ("=", "+", "-", "@", "'")
READ = """
library(readxl)
data <- read_xlsx("dataset.xlsx", sheet = "Data")
list_of <- function(parts) paste0("[", paste(parts, collapse = ","), "]")
points <- function(one) if (is.na(one)) "null" else list_of(utf8ToInt(enc2utf8(one)))
number <- function(x) ifelse(is.na(x), "null", if (is.logical(x)) tolower(x) else sprintf("%.17g", as.numeric(x)))
cell <- function(x) list_of(if (is.character(x)) vapply(x, points, "") else number(x))
cat(list_of(c(cell(names(data)), vapply(data, cell, ""))))
"""


def has_readxl() -> bool:
    if RSCRIPT is None:
        return False
    return (
        subprocess.run([RSCRIPT, "-e", "library(readxl)"], capture_output=True, check=False, timeout=240).returncode
        == 0
    )


def in_r(made: Dataset, folder: Path) -> dict[str, list[Any]]:
    """The columns of the sheet by their names, as readxl has them."""
    write_xlsx(made, folder / "dataset.xlsx")
    (folder / "read.R").write_text(READ, encoding="ascii")
    done = subprocess.run(
        [str(RSCRIPT), "--vanilla", "read.R"], cwd=folder, capture_output=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    columns = [
        ["".join(map(chr, one)) if isinstance(one, list) else one for one in cells] for cells in json.loads(done.stdout)
    ]
    return dict(zip(columns[0], columns[1:], strict=True))


@pytest.mark.skipif(not has_readxl(), reason="there is no R with readxl here (Debian: r-cran-readxl)")
def test_readxl_reads_the_sheet_of_the_dataset(tmp_path: Path) -> None:
    made = everything()
    found = in_r(made, tmp_path)
    columns = zip(*made.rows(), strict=True)
    for stored, cells in zip(stored_columns(made), columns, strict=True):
        if stored.storage is Storage.DAY or stored.column.kind == "DATE":
            continue
        kept = [(is_, told) for is_, told in zip(found[stored.name], cells, strict=True) if not is_formula(told)]
        assert [is_ for is_, _ in kept] == [told for _, told in kept], stored.name


def is_formula(text: Any) -> bool:
    return isinstance(text, str) and text.startswith(_BEGIN_FORMULAS)
