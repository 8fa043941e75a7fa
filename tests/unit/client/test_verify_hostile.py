"""`coderai verify` ends in good order whatever it is given: no bundle, one that lies, one that would do harm."""

from __future__ import annotations

import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.client.verify import bundle as bundles
from coderai.client.verify import findings, json_files
from tests.support.changed_bundles import Files, checked, fitting, read_files, write_files
from tests.support.judged_bundle import write_judged_bundle

MANIFEST = "manifest-sha256.txt"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    write_judged_bundle(path)
    return read_files(path)


def verify(path: Path, *options: str) -> Result:
    found = CliRunner().invoke(app, ["verify", str(path), *options], env={"COLUMNS": "200"}, prog_name="coderai")
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def archive(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(MANIFEST, "")
        for name, data in entries:
            file.writestr(name, data)
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def test_what_is_no_bundle_ends_with_2(tmp_path: Path, files: Files) -> None:
    (tmp_path / "text.zip").write_bytes(b"no archive")
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    write_files({"a.txt": b"a"}, tmp_path / "other.zip")
    write_files(files, tmp_path / "cut.zip")
    (tmp_path / "cut.zip").write_bytes((tmp_path / "cut.zip").read_bytes()[:-40])
    for name in ("text.zip", "empty.zip", "folder", "other.zip", "cut.zip", "absent.zip"):
        told = verify(tmp_path / name)
        assert told.exit_code == 2, (name, told.output)
        assert name in told.stderr


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a/../../evil", "..\\evil", "C:/evil", "a/./../../b"])
def test_paths_that_leave_the_bundle_are_refused(name: str, tmp_path: Path) -> None:
    told = verify(archive(tmp_path / "b.zip", (name, b"x")))
    assert told.exit_code == 2 and "leaves the bundle" in told.stderr


def test_links_and_names_that_are_there_twice_are_refused(tmp_path: Path) -> None:
    told = verify(archive(tmp_path / "b.zip", (link("documents.jsonl"), b"/etc/passwd")))
    assert told.exit_code == 2 and "is a link" in told.stderr
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = archive(tmp_path / "c.zip", ("a.txt", b"1"), ("a.txt", b"2"))
    told = verify(twice)
    assert told.exit_code == 2 and "twice" in told.stderr
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / MANIFEST).write_text("")
    (tmp_path / "folder" / "documents.jsonl").symlink_to("/etc/passwd")
    told = verify(tmp_path / "folder")
    assert told.exit_code == 2 and "is a link" in told.stderr


def test_what_would_grow_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "b.zip", ("a.txt", bytes(3_000_000)))
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 4_000_000_000)
    (tmp_path / "lies.zip").write_bytes(data)
    told = verify(tmp_path / "lies.zip")
    assert told.exit_code == 2 and "would grow" in told.stderr
    monkeypatch.setattr(bundles, "MOST_BYTES", 2_000_000)
    told = verify(path)
    assert told.exit_code == 2 and "unpacked" in told.stderr
    monkeypatch.setattr(bundles, "MOST_FILES", 1)
    assert verify(path).exit_code == 2


def test_a_file_that_is_damaged_inside_is_told(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    write_files(files, path)
    with zipfile.ZipFile(path) as file:
        info = file.getinfo("data/cells.jsonl")
    data = bytearray(path.read_bytes())
    middle = info.header_offset + 60 + info.compress_size // 2
    data[middle : middle + 8] = b"\xff" * 8
    path.write_bytes(data)
    told = verify(path)
    assert told.exit_code == 1 and "data/cells.jsonl cannot be read" in told.output
    assert "1 thing differs" in told.output


WRONG: dict[str, Callable[[bytes], bytes]] = {
    "no UTF-8": lambda data: data.replace(b"a", b"\xff", 3),
    "no JSON": lambda data: b"{" + data,
    "deep nesting": lambda data: b"[" * 200_000 + b"\n" + data,
    "a list": lambda data: b"[]\n" + data,
    "nothing": lambda data: b"",
    "a lone quote": lambda data: b'"' + data,
    "zero bytes": lambda data: b"\x00" * 1000 + data,
    "a huge number": lambda data: b'{"a": 1e999}\n' + data,
    "an empty object": lambda data: b"{}\n" + data,
}


CHECKED = (
    *("data/cells.jsonl", "data/data.csv", "data/data.parquet", "codebook/codebook.json", "statistics.json"),
    *("documents.jsonl", "methods.md", "project.yaml", "texts/doc-1.txt"),
    *(f"provenance/{name}.jsonl" for name in ("runs", "prompts", "calls", "receipts", "corrections", "samples")),
)


@pytest.mark.parametrize("name", CHECKED)
def test_files_that_are_not_what_they_should_be_are_told(name: str, files: Files, tmp_path: Path) -> None:
    for how, change in WRONG.items():
        changed = fitting(files | {name: change(files[name])})
        assert not checked(changed, tmp_path / "b.zip").is_good, how


VALUES: list[Any] = [
    None,
    True,
    -1,
    10**400,
    1e308,
    "",
    "x" * 100_000,
    [],
    [[]],
    {},
    {"low": {}, "high": []},
    {"low": 10**400, "high": 10**400},
    {"low": "2021", "high": 3, "vague": True},
    [None, {}, True],
    "\u202e\x1b[31m",
]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_values_that_no_field_can_have_end_in_good_order(data: st.DataObject, files: Files, tmp_path: Path) -> None:
    """Any field of any kind of line, and of the files that are one object."""
    value = data.draw(st.sampled_from(VALUES))
    name = data.draw(st.sampled_from(sorted(one for one in files if one.endswith((".jsonl", "s.json", "k.json")))))
    lines = [json.loads(line) for line in files[name].decode().split("\n") if line] if name.endswith("l") else []
    plain = lines[0] if lines else json.loads(files[name])
    field = data.draw(st.sampled_from(sorted(plain)))
    if lines:
        changed = "\n".join(json.dumps({**line, field: value}) for line in lines).encode()
    else:
        changed = json.dumps({**plain, field: value}).encode()
    checked(files | {name: changed}, tmp_path / "b.zip")


def test_a_line_without_an_end_is_not_read_into_memory(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_files, "MOST_OF_LINE", 1_000)
    found = checked(files | {"data/cells.jsonl": b" " * 5_000}, tmp_path / "b.zip")
    assert any("the line has more than 1,000 bytes" in one for one in found.told())


def test_what_a_bundle_says_cannot_move_the_terminals_cursor(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    write_files(files | {"data/data.csv": files["data/data.csv"].replace(b"Kessling", b"\x1b[31mKessling", 1)}, path)
    told = verify(path)
    assert told.exit_code == 1 and "\x1b" not in told.output


def test_only_so_many_differences_are_shown_and_all_are_counted(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "MOST_SHOWN", 3)
    path = tmp_path / "b.zip"
    write_files(files | {"data/data.csv": files["data/data.csv"].replace(b"TRUE", b"FALSE")}, path)
    found = json.loads(verify(path, "--json").stdout)
    assert len(found["differences"]) == 3 < found["differences_in_all"]
    assert f"... and {found['differences_in_all'] - 3:,} more" in verify(path).output


def test_a_methods_section_in_word_that_is_none_is_told(files: Files, tmp_path: Path) -> None:
    for data in (b"", b"no ZIP", files["methods.docx"][:-30], files["methods.docx"].replace(b"PK", b"KP")):
        found = checked(fitting(files | {"methods.docx": data}), tmp_path / "b.zip")
        assert [one.file for one in found.differences] == ["methods.docx"]
