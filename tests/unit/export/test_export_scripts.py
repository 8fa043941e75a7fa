"""The scripts beside a CSV: what they make of it, whatever the names, labels and categories are."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coderai.services.export.adapters.csv_file import write_csv
from coderai.services.export.adapters.load_python import write_load_python
from coderai.services.export.adapters.load_r import write_load_r
from coderai.services.export.adapters.load_stata import write_load_stata
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import CategoriesAs, Layout, Options
from coderai.services.export.domain.short_names import MOST_OF_STATA
from coderai.services.export.domain.storage import Storage, as_text, stored_columns
from coderai.services.export.domain.unicode_text import as_unicode
from tests.unit.export.datasets import dataset, document, names, variable
from tests.unit.export.everything import awkward, everything

RSCRIPT = shutil.which("Rscript")
NEEDS_R = pytest.mark.skipif(RSCRIPT is None, reason="there is no R here (Debian: r-base-core)")

HOSTILE = (
    *('"', "'", "\\", "\\n", "`x'", "$HOME", "`=1+1'", "\"'", "a\nb", "*/ x", "// y", "{z}", "%s", '"""', "#"),
    "😀 قوة",
)
"""Categories that would break out of a text in a script."""


def hostile() -> Dataset:
    categories = [{"value": text} for text in HOSTILE]
    coded = variable("said", "CATEGORY", display_name="".join(HOSTILE), categories=categories)
    rows = [document(f"{number}.txt", {"said": text}) for number, text in enumerate(HOSTILE)]
    return dataset([coded], rows, project_name="".join(HOSTILE[:-1]))


def written(made: Dataset, folder: Path) -> Path:
    """A folder with the CSV and its scripts."""
    write_csv(made, folder / made.file_name(".csv"))
    write_load_r(made, folder / "load.R")
    write_load_python(made, folder / "load.py")
    write_load_stata(made, folder / "load.do")
    return folder


def in_r(folder: Path, expression: str) -> Any:
    """What R makes of the expression, after the script was read, in a locale that knows no UTF-8."""
    code = f'source("load.R", chdir = TRUE)\ncat(enc2utf8({expression}), file = stdout(), sep = "")'
    (folder / "asked.R").write_text(f"{TO_JSON}\n{code}\n", encoding="ascii")
    done = subprocess.run(
        [str(RSCRIPT), "--vanilla", "asked.R"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        capture_output=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return json.loads(done.stdout)


TO_JSON = """
list_of <- function(parts) paste0("[", paste(parts, collapse = ","), "]")
points <- function(one) if (is.na(one)) "null" else list_of(utf8ToInt(enc2utf8(one)))
text <- function(x) list_of(vapply(x, points, ""))
number <- function(x) ifelse(is.na(x), "null", if (is.logical(x)) tolower(x) else sprintf("%.17g", x))
texts <- function(x) is.factor(x) || is.character(x) || inherits(x, "Date")
cell <- function(x) if (texts(x)) text(as.character(x)) else list_of(number(x))
frame <- function(data) list_of(vapply(data, cell, ""))
"""
"""JSON of a data frame's columns, texts as lists of code points."""


def columns_of(made: Dataset, found: list[list[Any]]) -> dict[str, list[Any]]:
    def read(cell: Any) -> Any:
        return "".join(map(chr, cell)) if isinstance(cell, list) else cell

    return {name: [read(cell) for cell in cells] for name, cells in zip(names(made), found, strict=True)}


def as_r_has_it(cell: Any) -> Any:
    """R has one kind of line break, and no text beyond a character zero."""
    return re.sub("\r\n?", "\n", as_unicode(cell)) if isinstance(cell, str) else cell


@NEEDS_R
@pytest.mark.parametrize("layout", Layout)
def test_r_reads_every_cell(layout: Layout, tmp_path: Path) -> None:
    made = everything(layout=layout)
    found = columns_of(made, in_r(written(made, tmp_path), "frame(data)"))
    columns = stored_columns(made)
    rows = [
        [as_r_has_it(as_text(cell) if column.storage is Storage.TEXT else cell)
         for cell, column in zip(row, columns, strict=True)] for row in made.rows()
    ]  # fmt: skip
    assert found == {name: [row[place] for row in rows] for place, name in enumerate(names(made))}


@NEEDS_R
def test_r_reads_awkward_cells(tmp_path: Path) -> None:
    made = awkward()
    found = columns_of(made, in_r(written(made, tmp_path), "frame(data)"))
    rows = list(made.rows())
    said = [as_r_has_it(row[names(made).index("said")]) for row in rows]
    assert [text for text in found["said"] if text] == [text.replace("\x00", "") for text in said if text != "\x00"]
    assert found["counted"] == pytest.approx([float(row[names(made).index("counted")]) for row in rows], rel=1e-15)
    assert found["dated"] == [row[names(made).index("dated")] for row in rows]


@NEEDS_R
def test_r_has_types_words_and_labels(tmp_path: Path) -> None:
    made = everything()
    folder = written(made, tmp_path)
    classes = {"place": "character", "injured": "numeric", "police": "logical", "violence": "factor"}
    for name, kind in classes.items():
        assert in_r(folder, f"dQuote(class(data${name}), FALSE)") == kind
    assert ["".join(map(chr, one)) for one in in_r(folder, "text(levels(data$injured_missing))")] == list(
        made.words.reasons
    )
    labels = "".join(map(chr, in_r(folder, 'text(attr(data$demands_1, "label"))')[0]))
    assert labels == next(found.label for found in stored_columns(made) if found.name == "demands_1")


@NEEDS_R
def test_codes_of_categories_are_factors_of_their_words(tmp_path: Path) -> None:
    made = everything(Options(categories_as=CategoriesAs.CODES))
    folder = written(made, tmp_path)
    assert in_r(folder, "list_of(number(as.integer(data$violence)))")[:3] == [2, 1, 3]
    assert ["".join(map(chr, one)) for one in in_r(folder, "text(levels(data$violence))")][:2] == ["none", "force"]
    script = (folder / "load.do").read_text(encoding="utf-8")
    assert "label values violence violence" in script
    assert "destring entity_index" in script


@NEEDS_R
def test_r_alone_reads_yes_and_no_as_such(tmp_path: Path) -> None:
    made = everything()
    folder = written(made, tmp_path)
    shutil.copy(folder / made.file_name(".csv"), folder / "dataset.csv")
    assert in_r(folder, 'dQuote(class(read.csv("dataset.csv")$police), FALSE)') == "logical"


@NEEDS_R
def test_no_category_breaks_out_of_the_r_script(tmp_path: Path) -> None:
    found = in_r(written(hostile(), tmp_path), "text(levels(data$said))")
    assert ["".join(map(chr, one)) for one in found] == list(HOSTILE)


def test_no_category_breaks_out_of_the_python_script(tmp_path: Path) -> None:
    frame = runpy.run_path(str(written(hostile(), tmp_path) / "load.py"))["load"]()
    assert list(frame["said"]) == list(HOSTILE)
    assert list(frame["said"].cat.categories) == list(HOSTILE)


def stata_texts(script: str) -> list[str]:
    """The texts of a do-file as Stata has them, after its macros."""
    found = re.findall('`"(.*?)"\'(?= |$|,)', script, re.MULTILINE)
    return [re.sub("`=uchar\\((\\d+)\\)'", lambda code: chr(int(code[1])), text) for text in found]


def test_no_category_breaks_out_of_the_do_file(tmp_path: Path) -> None:
    script = (written(hostile(), tmp_path) / "load.do").read_text(encoding="utf-8")
    defined = script[script.index("label define said") :].partition("\n\n")[0]
    assert stata_texts(defined) == [" ".join(text.split()) for text in HOSTILE]
    assert not set(re.sub("`=uchar\\(\\d+\\)'|`\"|\"'|///\n", "", defined)) & set("`$\"'\\/*")


def test_the_do_file_names_types_and_says_why_values_are_missing(tmp_path: Path) -> None:
    made = everything()
    script = (written(made, tmp_path) / "load.do").read_text(encoding="utf-8")
    renamed = re.findall(r"^rename v(\d+) (\w+)$", script, re.MULTILINE)
    assert [int(number) for number, _ in renamed] == list(range(1, len(names(made)) + 1))
    short = [name for _, name in renamed]
    assert len({name.casefold() for name in short}) == len(short)
    assert max(map(len, short)) <= MOST_OF_STATA
    assert "replace `name' = .a if missing(`name') & `why' == \"NOT_STATED\"" in script
    assert "say_why_missing injured injured_missing\nsay_why_missing share share_missing" in script
    assert "say_why_missing place" not in script
    assert "char people_who_took_part_according_t[name] people_who_took_part_according_to_the_police" in script


def test_a_script_reads_the_delimiter_that_was_asked_for(tmp_path: Path) -> None:
    folder = written(everything(replace(Options(), delimiter="\t")), tmp_path)
    assert 'sep = "\\t"' in (folder / "load.R").read_text()
    assert "sep='\\t'" in (folder / "load.py").read_text()
    assert 'delimiters("\\t")' in (folder / "load.do").read_text()
