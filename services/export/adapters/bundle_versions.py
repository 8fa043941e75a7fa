"""Says which software wrote a bundle: CoderAI, Python, and the libraries that CoderAI stands on."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from coderai.services.export.domain.dataset import Dataset

SCHEMA = "1"
"""The version of the bundle's layout and of the forms of its files."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_OPTIONAL = re.compile(r"\bextra\s*==")


def coderai_version() -> str:
    """As `coderai --version` tells it."""
    return version("coderai")


def write_versions(dataset: Dataset, path: Path) -> None:
    """One JSON object: bundle, coderai, python, libraries by name."""
    versions = {
        "bundle": SCHEMA,
        "coderai": coderai_version(),
        "python": platform.python_version(),
        "libraries": dict(sorted(_libraries())),
    }
    path.write_text(f"{json.dumps(versions, indent=1)}\n", encoding="utf-8", newline="\n")


def _libraries() -> Iterator[tuple[str, str]]:
    """Those that CoderAI requires and that are installed here, with their versions."""
    for requirement in requires("coderai") or ():
        named = _NAME.match(requirement)
        if named is None or _OPTIONAL.search(requirement):
            continue
        try:
            yield named[0], version(named[0])
        except PackageNotFoundError:
            continue  # of another system
