"""A download goes on where it broke off, and no other file than the one that the server describes gets its name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from scripted_api import ScriptedApi, problem

from coderai.client import download as module
from coderai.client.api import CoderAI
from coderai.client.download import FileNotWritten
from coderai.client.errors import ApiError, ConnectionFailed, ExportExpired, ExportFailed
from coderai.client.file_names import NameRefused, name_problem
from coderai.client.models import Export

DATA = Random(1).randbytes(10_500)
NAME = "Protests-dataset-2026-11-22.json"
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY_DELAYS", (0, 0, 0))


@pytest.fixture
def export(server: ScriptedApi, api: CoderAI) -> Export:
    server.files.contents = {NAME: DATA}
    return api.wait_for_export(api.create_export("p1", "JSON").id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "dataset.json"


def there(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_a_broken_connection_goes_on_behind_the_last_byte(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.files.breaks = [4000, 2000]
    seen: list[tuple[int, int]] = []
    api.download_export(export.id, path, on_bytes=lambda *bytes_: seen.append(bytes_))
    assert path.read_bytes() == DATA
    assert server.files.asked == [(NAME, None), (NAME, "bytes=4000-"), (NAME, "bytes=6000-")]
    assert server.files.expected[0] is None and server.files.expected[1] == server.files.expected[2]
    assert there(path) == ["dataset.json"]
    assert [have for have, _ in seen] == sorted(have for have, _ in seen)
    assert seen[-1] == (len(DATA), len(DATA))


def test_a_later_download_goes_on_where_an_earlier_one_gave_up(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.files.breaks = [3000, 0, 0, 0]
    with pytest.raises(ConnectionFailed, match=r"dataset.json broke off.*\n.*3,000 bytes"):
        api.download_export(export.id, path)
    assert there(path) == ["dataset.json.part", "dataset.json.part.json"]
    server.files.asked.clear()
    api.download_export(export.id, path)
    assert (path.read_bytes(), server.files.asked) == (DATA, [(NAME, "bytes=3000-")])
    assert there(path) == ["dataset.json"]


def test_a_connection_that_has_brought_much_has_all_tries_again(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MUCH", 2000)
    server.files.breaks = [2000, 0, 0, 2000, 0, 0, 2000]
    api.download_export(export.id, path)
    assert path.read_bytes() == DATA


def test_a_file_that_has_changed_meanwhile_is_begun_anew(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.files.breaks = [3000, 0, 0, 0]
    with pytest.raises(ConnectionFailed):
        api.download_export(export.id, path)
    server.files.contents[NAME] = changed = DATA[::-1]
    server.files.asked.clear()
    api.download_export(export.id, path)
    assert (path.read_bytes(), server.files.asked) == (changed, [(NAME, None)])


def test_a_file_that_changes_between_two_connections_is_begun_anew_though_its_hash_is_not_known(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.files.etag_only = True
    server.files.breaks = [3000, 0, 0, 0]
    with pytest.raises(ConnectionFailed):
        api.download_export(export.id, path)
    server.files.contents[NAME] = changed = DATA[::-1]
    api.download_export(export.id, path)
    assert path.read_bytes() == changed
    assert server.files.asked[-1] == (NAME, "bytes=3000-")


def test_a_part_of_another_export_is_not_gone_on_with(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.files.breaks = [3000, 0, 0, 0]
    with pytest.raises(ConnectionFailed):
        api.download_export(export.id, path)
    other = api.wait_for_export(api.create_export("p1", "JSON").id)
    api.download_export(other.id, path)
    assert (path.read_bytes(), server.files.asked[-1]) == (DATA, (NAME, None))


def test_a_server_without_ranges_sends_all_again(server: ScriptedApi, api: CoderAI, export: Export, path: Path) -> None:
    server.files.speaks_ranges, server.files.breaks = False, [4000]
    api.download_export(export.id, path)
    assert path.read_bytes() == DATA


def test_what_is_not_as_the_server_describes_it_never_gets_the_files_name(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    path.parent.mkdir()
    path.write_text("of the last run")
    for described in (DATA[::-1], DATA[:-1], DATA + b"x"):
        server.files.described = {NAME: described}
        with pytest.raises((FileNotWritten, ConnectionFailed)):
            api.download_export(export.id, path)
        assert path.read_text() == "of the last run"


def test_a_part_that_was_changed_on_disk_is_found_out(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.files.breaks = [3000, 0, 0, 0]
    with pytest.raises(ConnectionFailed):
        api.download_export(export.id, path)
    part = path.with_name("dataset.json.part")
    for wrong in (b"x" * 3000, b"x" * 20_000, DATA[::-1]):
        part.write_bytes(wrong)
        api.download_export(export.id, path)
        assert path.read_bytes() == DATA
        path.unlink()


def test_a_part_that_nobody_knows_the_origin_of_is_begun_anew(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    path.parent.mkdir()
    path.with_name("dataset.json.part").write_bytes(b"x" * 3000)
    for note in (None, "", "[]", json.dumps({"source": 1})):
        if note is not None:
            path.with_name("dataset.json.part.json").write_text(note)
        api.download_export(export.id, path)
        assert path.read_bytes() == DATA
        path.unlink()


def test_what_is_there_already_is_not_sent_again(server: ScriptedApi, api: CoderAI, export: Export, path: Path) -> None:
    for _ in range(2):
        api.download_export(export.id, path)
    assert len(server.files.asked) == 1


def test_a_refusal_that_passes_is_waited_out_and_another_is_not(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    server.refusals.append(("GET", "/download", problem(503, "unavailable", "not now")))
    api.download_export(export.id, path)
    assert path.read_bytes() == DATA
    path.unlink()
    server.refusals.append(("GET", "/download", problem(403, "role_too_low", "not you")))
    with pytest.raises(ApiError, match="not you"):
        api.download_export(export.id, path)
    assert there(path) == []


def test_a_part_of_what_is_gone_is_removed(server: ScriptedApi, api: CoderAI, export: Export, path: Path) -> None:
    server.files.breaks = [3000, 0, 0, 0]
    with pytest.raises(ConnectionFailed):
        api.download_export(export.id, path)
    server.exports[export.id]["status"] = "EXPIRED"
    with pytest.raises(ApiError, match="removed"):
        api.download_export(export.id, path)
    assert there(path) == []


def test_where_nothing_can_be_written_is_said(
    server: ScriptedApi, api: CoderAI, export: Export, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotWritten, match="cannot be written"):
        api.download_export(export.id, tmp_path / "file" / "dataset.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileNotWritten, match="cannot be written"):
        api.download_export(export.id, tmp_path / "folder")


def test_two_downloads_into_one_folder_do_not_mix(
    server: ScriptedApi, api: CoderAI, export: Export, path: Path
) -> None:
    """Each writes other bytes under the same name."""
    other = api.wait_for_export(api.create_export("p1", "XLSX").id)
    (name,) = (file.name for file in other.files if file.role == "DATASET")
    server.files.contents[name] = DATA[::-1]
    code = (
        "import sys; from pathlib import Path; from coderai.client import CoderAI\n"
        "with CoderAI(sys.argv[1], token='t') as api:\n"
        "    for _ in range(10): api.download_export(sys.argv[2], Path(sys.argv[3]))"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen([sys.executable, "-c", code, server.url, id_, str(path)], env=env, stderr=subprocess.PIPE)
        for id_ in (export.id, other.id)
    ]
    assert [(process.communicate()[1], process.returncode) for process in running] == [(b"", 0)] * 2
    assert path.read_bytes() in (DATA, DATA[::-1])
    assert there(path) == ["dataset.json"]


HOSTILE = [
    "../outside.csv", "/etc/cron.d/x", "..", ".", "", "a/b.csv", "a\\b.csv", "C:\\x.csv", "c:x.csv", ".bashrc", "CON",
    "con.csv", "Com1.csv", "lpt9", "nul .txt", "x.csv.", "x.csv ", "x\x00.csv", "x\n.csv", "dataset\u202evsc.exe",
    "x\ud800.csv", "a" * 300 + ".csv", "a:b", "a?b", "a*b", "a|b", 'a"b', "a<b",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_name_that_leaves_the_folder_or_is_none_somewhere_is_refused(number: int) -> None:
    assert name_problem(HOSTILE[number])


def test_names_of_any_script_are_taken() -> None:
    for name in ("Łódź-dataset-2026-11-22.csv", "احتجاجات-٢٠٢٠-dataset.xlsx", "抗议.parquet", "consul.csv", "a-load.R"):
        assert name_problem(name) == ""


@pytest.mark.parametrize("names", [["../x.csv"], ["x.csv", "/tmp/y.csv"], ["x.csv", "X.CSV"], ["x.csv", ".profile"]])
def test_nothing_is_written_of_an_export_with_such_a_name(
    server: ScriptedApi, api: CoderAI, export: Export, tmp_path: Path, names: list[str]
) -> None:
    server.files.names = names
    with pytest.raises(NameRefused):
        api.download_export_files(export.id, tmp_path / "out")
    assert (server.files.asked, list(tmp_path.rglob("*"))) == ([], [])


def test_all_files_come_under_their_names(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    made = api.wait_for_export(api.create_export("p1", "CSV", name="إضرابات").id)
    paths = api.download_export_files(made.id, tmp_path)
    assert [path.name for path in paths] == [
        "إضرابات.csv",
        "إضرابات-codebook.md",
        "إضرابات-codebook.xml",
        "إضرابات-load.R",
    ]
    assert paths[3].read_text() == "what إضرابات-load.R holds"


def test_an_export_without_files_is_told_as_what_it_is(server: ScriptedApi, api: CoderAI, tmp_path: Path) -> None:
    made = api.create_export("p1", "CSV")
    server.files.lasting = True
    with pytest.raises(ExportFailed, match="is not written yet"):
        api.download_export_files(made.id, tmp_path)
    assert api.cancel_export(made.id).status == "CANCELLED"
    with pytest.raises(ExportFailed, match="was cancelled"):
        api.wait_for_export(made.id)
    server.exports[made.id] |= {"status": "EXPIRED", "expires_at": "2026-11-20T12:00:00Z"}
    with pytest.raises(ExportExpired, match="were removed on 2026-11-20"):
        api.wait_for_export(made.id)
    assert [one.id for one in api.exports("p1")] == [made.id]
    api.delete_export(made.id)
    assert list(api.exports("p1")) == []
