"""What exports are asked for, what their files are called, and when they can be downloaded."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from datasets import dataset, document, variable
from hypothesis import given
from hypothesis import strategies as st

from coderai.export.v1.export_service_pb2 import ExportFormat
from coderai.kit.wire import enum_names
from coderai.services.export.adapters.formats import FORMATS
from coderai.services.export.domain.export import (
    CategoriesAs,
    Export,
    ExportFile,
    FileRole,
    Layout,
    Options,
    Status,
    file_name,
)
from coderai.services.export.domain.problems import (
    ExportHasFailed,
    ExportInvalid,
    ExportNotReady,
    NoCodebookFile,
    NoSuchFile,
)

ID = UUID(int=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def export(**fields: Any) -> Export:
    return Export(**{"id": ID, "project_id": ID, "job_id": ID, "format": "CSV", **fields})


def test_a_request_gives_the_wide_layout_without_extra_columns_unless_it_says_more() -> None:
    plain = {"format": "XLSX", "layout": "", "options": {"source": True}}
    assert Export.define(ID, ID, ID, plain) == export(
        format="XLSX", layout=Layout.WIDE, options=Options(source=True), status=Status.PENDING
    )


@pytest.mark.parametrize("name", ["strikes", "إضرابات_٢٠٢٠", "e\u0301te\u0301-2", "consul"])
def test_files_can_be_called_otherwise(name: str) -> None:
    export = Export.define(ID, ID, ID, {"format": "CSV", "options": {"name": name}})
    made = dataset([variable("x")], [document("a")], export.options)
    assert made.file_name("-load.R") == f"{unicodedata.normalize('NFC', name)}-load.R"


@pytest.mark.parametrize("name", ["../x", "a/b", "a.b", "-rf", "_x", "con", "LPT1", "a b", "a\u202eb", ".x", "a\x00"])
def test_a_name_that_some_system_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(ExportInvalid, match="the name may have letters and digits"):
        Export.define(ID, ID, ID, {"format": "CSV", "options": {"name": name}})


@pytest.mark.parametrize("delimiter", ['"', "\n", "a", "=", "'", "ab"])
def test_a_delimiter_that_no_csv_can_have_is_refused(delimiter: str) -> None:
    with pytest.raises(ExportInvalid, match="the delimiter must be a comma, a semicolon, a tab or a vertical bar"):
        Export.define(ID, ID, ID, {"format": "CSV", "options": {"delimiter": delimiter}})


def test_options_that_are_left_empty_are_the_usual_ones() -> None:
    plain = {"format": "CSV", "options": {"delimiter": "", "categories_as": ""}}
    assert Export.define(ID, ID, ID, plain).options == Options()
    plain = {"format": "CSV", "options": {"delimiter": "\t", "categories_as": "CODES"}}
    assert Export.define(ID, ID, ID, plain).options == Options(delimiter="\t", categories_as=CategoriesAs.CODES)


def test_every_format_of_the_contract_is_written() -> None:
    assert ["", *FORMATS] == list(enum_names(ExportFormat.DESCRIPTOR).values())


def stored(name: str, role: FileRole = FileRole.DATASET) -> ExportFile:
    return ExportFile(name, role, size=3, sha256="", media_type="", key=name)


def test_only_a_complete_export_has_files() -> None:
    with pytest.raises(ExportNotReady):
        export().file("", codebook=False)
    with pytest.raises(ExportHasFailed, match="too many rows"):
        export(status=Status.FAILED, error="too many rows").file("", codebook=False)
    dataset, codebook = stored("a.csv"), stored("a-codebook.md", FileRole.CODEBOOK)
    done = export(status=Status.COMPLETE, files=(dataset, codebook))
    assert (done.file("", codebook=False), done.file("", codebook=True)) == (dataset, codebook)
    assert done.file("a-codebook.md", codebook=False) == codebook
    with pytest.raises(NoSuchFile, match=r"a.csv, a-codebook.md"):
        done.file("../a.csv", codebook=False)
    with pytest.raises(NoCodebookFile):
        export(status=Status.COMPLETE, files=(stored("a.xlsx"),)).file("", codebook=True)


def test_a_file_is_called_after_its_project_what_it_is_and_the_day() -> None:
    assert file_name("Protests: 2020/21", "dataset", NOON, ".csv") == "Protests-2020-21-dataset-2026-11-22.csv"
    assert file_name("احتجاجات ٢٠٢٠", "full-job", NOON, ".json") == "احتجاجات-٢٠٢٠-full-job-2026-11-22.json"
    assert file_name("../..", "dataset", NOON, "-codebook.md") == "project-dataset-2026-11-22-codebook.md"
    late = datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=9)))
    assert file_name("a", "dataset", late, ".csv") == "a-dataset-2026-11-22.csv"


@given(st.text())
def test_whatever_the_project_is_called_its_file_can_be_saved_anywhere(name: str) -> None:
    found = file_name(name, "dataset", NOON, ".xlsx")
    stem = found.removesuffix(".xlsx")
    assert all(char == "-" or unicodedata.category(char)[0] in "LMN" for char in stem)
    assert stem[0] != "-"
    assert len(found.encode()) <= 150
