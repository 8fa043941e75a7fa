"""What a bare machine installs is all that the code needs: the lock has every dependency that is declared."""

from __future__ import annotations

import re
import tomllib

from tests.support.deployments import ROOT


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert {_name(one) for one in declared} <= {_name(line) for line in lines if line and not line.startswith("#")}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return re.sub(r"[-_.]+", "-", found[0]).lower()
