"""What a bare machine installs is all that the code needs: the lock has every dependency that is declared."""

from __future__ import annotations

import re
import tomllib

from tests.support.deployments import ROOT


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert {_name(one) for one in declared} <= {_name(line) for line in lines if line[:1].isalnum()}


def test_what_is_installed_is_what_was_locked_byte_for_byte_from_whichever_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.split(r"\n(?=\S)", lock.strip())
    assert not [one.splitlines()[0] for one in packages if not re.search(r"--hash=sha256:[0-9a-f]{64}", one)]
    assert "://" not in lock
    installs = re.compile(r"pip (?:install|download)\b.*requirements\.lock.*")
    for recipe in ("Makefile", "deploy/docker/Dockerfile"):
        found = installs.findall((ROOT / recipe).read_text())
        assert found
        assert all("--require-hashes" in one for one in found), recipe


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()
