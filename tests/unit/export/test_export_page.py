"""The page is one file that loads nothing and runs nothing but its own script; it has the dataset's cells and texts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coderai.services.export.adapters import html_choice
from coderai.services.export.adapters.formats import FORMATS
from coderai.services.export.domain.coded import Document, cell
from coderai.services.export.domain.export import CategoriesAs, Layout, Options
from coderai.services.export.domain.texts import Need, PageBounds
from tests.unit.export.datasets import dataset, document, extraction, variable
from tests.unit.export.everything import TEXTS, awkward, everything
from tests.unit.export.hostile import ATTACKS, hostile
from tests.unit.export.page_parts import digest, unpacked, written
from tests.unit.export.read_texts import ReadTexts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dataset.html"


def test_the_policy_allows_the_one_style_and_script_and_nothing_else(path: Path) -> None:
    page = written(everything(), path, ReadTexts(TEXTS))
    (style,), (script,) = page.styles, page.scripts
    policy = dict(part.split(" ", 1) for part in page.policy.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == digest(script)
    assert policy["style-src"] == digest(style)
    assert (policy["base-uri"], policy["form-action"], policy["require-trusted-types-for"]) == (
        "'none'",
        "'none'",
        "'script'",
    )


def test_nothing_is_loaded_from_anywhere(path: Path) -> None:
    page = written(everything(), path, ReadTexts(TEXTS))
    assert not {tag for tag, _ in page.tags} & {"link", "img", "iframe", "object", "embed", "base", "video", "audio"}
    names = {name for _, attributes in page.tags for name in attributes}
    assert not names & {"src", "href", "srcset", "action", "style"} and not {n for n in names if n.startswith("on")}
    own = page.scripts[0] + page.styles[0]
    for loading in (
        "://",
        "url(",
        "@import",
        "import(",
        "fetch(",
        "XMLHttpRequest",
        "innerHTML",
        "outerHTML",
        "eval(",
        "document.write",
    ):
        assert loading not in own, loading


def test_hostile_texts_are_data(path: Path) -> None:
    made, texts = hostile()
    page = written(made, path, ReadTexts(texts))
    (script,) = page.scripts
    assert "hacked" not in script
    assert "hacked" not in page.policy + page.styles[0] + "".join(str(attributes) for _, attributes in page.tags)
    file = path.read_text(encoding="utf-8")
    for attack in ATTACKS:
        if "<" in attack:
            assert attack not in file
    clean = [attack.replace("\ud800", "\ufffd") for attack in ATTACKS]
    assert (page.title, page.about["project"]) == (ATTACKS[0], ATTACKS[0])
    assert [found["name"] for found in page.documents] == clean
    assert [found["rows"][0]["cells"][0]["v"] for found in page.documents] == [[attack] for attack in clean]
    assert [page.text(found) for found in page.documents] == list(texts.values())


def test_every_cell_is_as_the_dataset_has_it(path: Path) -> None:
    made = everything()
    page = written(made, path, ReadTexts(TEXTS))
    rows = [row for found in page.documents for row in found["rows"]]
    units = list(made.units())
    assert [row.get("entity", "") for row in rows] == [unit.entity for unit in units]
    for row, unit in zip(rows, units, strict=True):
        for plain, variable_ in zip(row["cells"], made.codebook.variables, strict=True):
            shown = cell(unit, variable_)
            assert len(plain.get("v", ())) == len(shown.stated)
            assert plain.get("m", "") == shown.missing_reason
            found = shown.extraction
            assert plain.get("q", "") == (found.evidence.quoted if found else "")
            assert plain.get("p", []) == [list(span) for span in (found.evidence.spans if found else ())]
    first = dict(zip((v.name for v in made.codebook.variables), rows[0]["cells"], strict=True))
    assert (first["injured"]["v"], first["injured"]["c"], first["injured"]["z"]) == (["7"], 0.55, "flagged")
    assert first["injured"]["f"] == ["UNCHECKED", "LOW_CONFIDENCE"]
    assert (first["police"]["v"], first["crowds"]["v"], first["crowds"]["k"]) == (
        ["yes"],
        ["400 to 500", "12"],
        [450, 12],
    )
    assert rows[0]["place"] == [TEXTS["doc-1"].index("MV Aster"), TEXTS["doc-1"].index("MV Aster") + 8, 1]


def test_reviewers_and_models_are_told_on_request_alone_and_may_have_pseudonyms(path: Path) -> None:
    page = written(everything(Options()), path, ReadTexts(TEXTS))
    assert page.about["details"] == []
    assert "ada@example.org" not in json.dumps(page.documents)
    page = written(everything(Options(reviewer=True, pseudonyms=True)), path, ReadTexts(TEXTS))
    assert page.about["details"] == ["whose word stands"]
    told = json.dumps(page.documents)
    assert "person 1" in told
    assert "ada@example.org" not in told


def test_candidates_and_codes_are_there_when_asked_for(path: Path) -> None:
    page = written(everything(Options(candidates=True)), path)
    (wall,) = [found for found in page.documents if found["name"] == "wall, old.txt"]
    assert wall["rows"][0]["cells"][0]["a"][0]["v"] == ["Ostermund"]
    assert "a" not in written(everything(Options()), path).documents[2]["rows"][0]["cells"][0]
    page = written(everything(Options(categories_as=CategoriesAs.CODES)), path)
    assert page.documents[0]["rows"][0]["cells"][4]["v"] == ["2"]


def test_awkward_texts_and_numbers_come_through(path: Path) -> None:
    made = awkward()
    page = written(made, path)
    said = [found["rows"][0]["cells"][0]["v"][0] for found in page.documents]
    assert said == [re.sub("[\ud800-\udfff]", "\ufffd", str(unit.extractions["said"].value)) for unit in made.units()]
    counted = [found["rows"][0]["cells"][1]["v"][0] for found in page.documents]
    assert counted == [str(unit.extractions["counted"].value) for unit in made.units()]


def test_a_long_layout_is_ignored_and_that_is_noted(path: Path) -> None:
    made = everything(layout=Layout.LONG)
    page = written(made, path, ReadTexts(TEXTS))
    assert sum(len(found["rows"]) for found in page.documents) == made.survey.rows
    assert made.notes == page.about["notes"]
    assert any("whatever the layout" in note for note in made.notes)


def test_pages_of_a_document_are_told_where_it_has_several(path: Path) -> None:
    bounds = {"doc-2": (PageBounds(1, 0, 38), PageBounds(2, 39, 90))}
    page = written(everything(), path, ReadTexts(TEXTS, bounds))
    assert [found.get("pages") for found in page.documents[:2]] == [None, [[1, 0], [2, 39]]]


def test_more_documents_than_a_page_holds_are_sampled_and_that_is_noted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_choice, "MOST_DOCUMENTS", 20)
    found = [document(f"{number}.txt", {"place": f"place {number}"}) for number in range(100)]
    made = dataset([variable("place")], found)
    page = written(made, path)
    names = [one["name"] for one in page.documents]
    assert len(names) == 20
    assert names == sorted(names, key=lambda name: int(name.removesuffix(".txt")))
    assert (page.about["documents"], page.about["shown"]) == (100, 20)
    assert "20 of the 100 documents" in made.notes[0]
    assert "seed 20,000" in made.notes[0]
    assert [one["name"] for one in written(replace(made, notes=[]), path).documents] == names


def test_more_cells_than_a_page_holds_are_those_of_fewer_documents(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_choice, "MOST_CELLS", 100)
    found = [
        Document(
            str(n), f"{n}.txt", extractions=[extraction("a", 1, entity_index=k + 1, entity=str(k)) for k in range(4)]
        )
        for n in range(30)
    ]
    page = written(dataset([variable("a", "NUMBER"), variable("b")], found, multiple=True), path)
    assert [len(one["rows"]) for one in page.documents] == [4] * 12
    assert page.about["shown"] == 12


def test_texts_beyond_what_a_page_bears_are_left_out_the_longest_first(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_choice, "LONGEST_TEXT", 1_000)
    monkeypatch.setattr(html_choice, "MOST_TEXT", 1_500)
    sizes = {"a": 700, "b": 2_000, "c": 800, "d": 100}
    made = dataset([variable("place")], [document(name, {"place": "x"}, id=name) for name in sizes])
    page = written(made, path, ReadTexts({name: name * size for name, size in sizes.items()}))
    assert [len(page.text(one)) if "text" in one else None for one in page.documents] == [700, None, None, 100]
    assert "not the texts of 2 of its documents" in made.notes[0]
    assert made.notes[0].endswith(": b, c.")


def test_texts_are_packed_some_at_a_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_choice, "GROUP", 250)
    texts = {str(number): f"{number} " * 50 for number in range(10)}
    made = dataset([variable("place")], [document(name, {"place": "x"}, id=name) for name in texts])
    page = written(made, path, ReadTexts(texts))
    groups = [unpacked(text) for name, text in page.blocks.items() if name.startswith("texts-")]
    assert [len(group) for group in groups] == [2] * 5
    assert [page.text(one) for one in page.documents] == list(texts.values())


def test_a_dataset_without_rows_is_a_page_too(path: Path) -> None:
    page = written(dataset([variable("place")], [], multiple=True), path)
    assert (page.documents, page.about["blocks"]) == ([], 0)


def test_the_format_asks_for_texts() -> None:
    assert Need.TEXTS in FORMATS["HTML"].needs
