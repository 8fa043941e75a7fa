"""A bundle's ZIP: what goes in comes out, its manifest says so, and its bytes depend on its files alone."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from coderai.services.export.adapters.bundle_zip import MANIFEST, BundleZip


def written(path: Path, *files: tuple[str, str]) -> Path:
    with BundleZip(path) as bundle:
        for name, text in files:
            bundle.add_text(name, text)
        bundle.add_manifest()
    return path


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 10_000)
    with BundleZip(tmp_path / "b.zip") as bundle:
        bundle.add("data/data.bin", source)
        bundle.add("data/data.parquet", source)
        bundle.add_text("README.md", "قراءة\n")
        bundle.add_manifest()
    with zipfile.ZipFile(tmp_path / "b.zip") as found:
        assert found.testzip() is None
        assert found.read("data/data.bin") == found.read("data/data.parquet") == source.read_bytes()
        assert found.read("README.md").decode() == "قراءة\n"
        assert found.getinfo("data/data.bin").compress_size < found.getinfo("data/data.parquet").compress_size


def test_the_manifest_has_the_hash_of_every_other_file(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", ("a.txt", "one\n"), ("texts/0.txt", ""))
    with zipfile.ZipFile(path) as found:
        lines = [line.split("  ") for line in found.read(MANIFEST).decode().splitlines()]
        assert found.namelist() == ["a.txt", "texts/0.txt", MANIFEST]
        assert {name: sha for sha, name in lines} == {
            name: hashlib.sha256(found.read(name)).hexdigest() for name in found.namelist() if name != MANIFEST
        }


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    files = [("a.txt", "one\n" * 1000), ("b/c.txt", "two")]
    first, second = (written(tmp_path / name, *files).read_bytes() for name in ("1.zip", "2.zip"))
    assert first == second


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../b", "a\\b", "C:x", "a//b", "", "قراءة", "a/", ".hidden"])
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file of a bundle"):
        written(tmp_path / "b.zip", (name, "text"))


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file of a bundle"):
        written(tmp_path / "b.zip", ("a.txt", "one"), ("a.txt", "two"))


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_finds_no_mistake(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", *((f"texts/{number}.txt", str(number) * 50) for number in range(300)))
    told = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True, check=True, timeout=240)
    assert "No errors detected" in told.stdout
