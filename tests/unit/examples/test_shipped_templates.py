"""The templates that ship are whole: two documents each, a truth that they hold, and figures that the guide tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from coderai.client.project_file import ProjectFile
from coderai.client.template_accuracy import folders, written
from coderai.client.truth import TruthRow, read_truth
from coderai.language.detection import detect_language
from coderai.services.projects.adapters.shipped import read_shipped

GUIDE = (Path(__file__).parents[3] / "docs" / "guides" / "templates.md").read_text(encoding="utf-8")


def documents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "documents").iterdir()}


def truth(folder: Path) -> list[TruthRow]:
    file = ProjectFile.read(folder / "project.yaml")
    assert file.truth is not None
    return read_truth(file.truth, {variable.name: variable.type or "" for variable in file.spec.variables})


def test_three_ship_and_the_service_reads_them() -> None:
    shipped = read_shipped()
    assert list(shipped) == ["contracts", "interviews", "news-events"] == [folder.name for folder in folders()]
    assert all(8 <= len(one.schema.variables) <= 12 and one.description for one in shipped.values())
    assert all(not one.schema.context.language for one in shipped.values()), "they fit documents in any"


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_its_truth_is_about_its_two_documents_and_stands_in_them(folder: Path) -> None:
    texts, rows = documents(folder), truth(folder)
    assert sorted(row.document for row in rows) == sorted(texts)
    assert len(texts) == 2
    spec = ProjectFile.read(folder / "project.yaml").spec
    named = {variable.name for variable in spec.variables if variable.type == "TEXT"}
    for row in rows:
        assert set(row.cells) == {variable.name for variable in spec.variables}
        text = " ".join(texts[row.document].split())
        said = [value for name in named for value in row.cells[name]]
        assert [value for value in said if value not in text] == []


def test_one_document_is_in_another_language() -> None:
    found = [detect_language(text) for folder in folders() for text in documents(folder).values()]
    assert sorted(found) == ["de", *["en"] * 5]


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_the_guide_tells_what_is_written_down(folder: Path) -> None:
    (line,) = (line for line in GUIDE.splitlines() if line.startswith(f"| `{folder.name}` |"))
    right, compared = int(written(folder)["right"]), int(written(folder)["compared"])
    assert f"{right} of {compared}" in line and f"({100 * right / compared:.0f} %)" in line
    assert f"| {len(ProjectFile.read(folder / 'project.yaml').spec.variables)} |" in line
