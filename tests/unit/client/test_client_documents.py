"""The command finds the files that its arguments mean."""

from pathlib import Path

import pytest

from coderai.client.documents import NoDocuments, find_documents


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "c.pdf", "deep/d.txt", ".hidden", ".git/config"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    (tmp_path / "empty").mkdir()
    return tmp_path


def names(found: list[Path], corpus: Path) -> list[str]:
    return [str(path.relative_to(corpus)) for path in found]


def test_a_folder_means_all_its_files_but_the_hidden(corpus: Path) -> None:
    assert names(find_documents([str(corpus)]), corpus) == ["a.txt", "b.txt", "c.pdf", "deep/d.txt"]


def test_patterns_and_files_keep_their_order_and_repeat_nothing(corpus: Path) -> None:
    named = [str(corpus / "c.pdf"), str(corpus / "*.txt"), str(corpus / "a.txt"), str(corpus / "**/*.txt")]
    assert names(find_documents(named), corpus) == ["c.pdf", "a.txt", "b.txt", "deep/d.txt"]


def test_a_hidden_file_can_be_named(corpus: Path) -> None:
    assert names(find_documents([str(corpus / ".hidden")]), corpus) == [".hidden"]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(corpus: Path) -> None:
    (corpus / "report[1].txt").write_text("x")
    assert names(find_documents([str(corpus / "report[1].txt")]), corpus) == ["report[1].txt"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("absent.txt", "no such file"), ("*.docx", "no file matches this pattern"), ("empty", "holds no file")],
)
def test_what_holds_no_file_is_named(corpus: Path, name: str, says: str) -> None:
    with pytest.raises(NoDocuments, match=says):
        find_documents([str(corpus / "a.txt"), str(corpus / name)])
