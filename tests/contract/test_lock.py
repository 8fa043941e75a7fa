"""What a bare machine installs is all that the code needs, byte for byte: the locks have every declared dependency."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

import pytest

from tests.support.deployments import ROOT

RUNS, DEVELOPS, BUILDS = "requirements.lock", "requirements-dev.lock", "requirements-console.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
DECLARED = {
    RUNS: [*PROJECT["project"]["dependencies"], *GROUPS["build"]],
    DEVELOPS: GROUPS["dev"],
    BUILDS: GROUPS["console"],
}


def locked(file: str) -> Mapping[str, str]:
    """The entries of a lock by the names of their packages."""
    entries = re.split(r"\n(?=\S)", (ROOT / file).read_text().strip())
    return {_name(entry): entry for entry in entries}


@pytest.mark.parametrize("file", DECLARED)
def test_every_declared_dependency_is_locked(file: str) -> None:
    assert {_name(one) for one in DECLARED[file]} <= locked(file).keys()


def test_what_runs_is_not_installed_with_what_develops_it() -> None:
    assert not {_name(one) for one in GROUPS["dev"]} & locked(RUNS).keys()


def test_both_locks_name_the_same_versions() -> None:
    runs, develops = locked(RUNS), locked(DEVELOPS)
    assert {name: runs[name] for name in runs.keys() & develops.keys()} == {
        name: develops[name] for name in runs.keys() & develops.keys()
    }


@pytest.mark.parametrize("file", DECLARED)
def test_what_is_installed_is_what_was_locked_byte_for_byte_from_whichever_host(file: str) -> None:
    entries = locked(file).values()
    assert not [one.splitlines()[0] for one in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", one)]
    assert "://" not in (ROOT / file).read_text()


@pytest.mark.parametrize("recipe", ["Makefile", "deploy/docker/Dockerfile"])
def test_recipes_install_from_a_lock_with_its_hashes_alone(recipe: str) -> None:
    installs = re.compile(r"pip (?:install|download)\b.*(?:-r|--requirement) \S+")
    found = [one for one in installs.findall((ROOT / recipe).read_text()) if "--no-index" not in one]
    assert found
    assert all("--require-hashes" in one for one in found), recipe


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()
