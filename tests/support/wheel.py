"""Builds the wheel of this checkout, from a copy, as building leaves files behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python(folder: Path, *arguments: str, path: str = "") -> str:
    """What Python prints, run in a folder with `path` to import from; fails when it fails."""
    env = os.environ | {"PYTHONPATH": path}
    command = [sys.executable, "-B", *arguments]  # what is looked at is what was installed
    done = subprocess.run(command, check=False, cwd=folder, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build_wheel(checkout: Path) -> Path:
    """The wheel, built in an empty folder."""
    shutil.copytree(ROOT / "coderai", checkout / "coderai", symlinks=True)
    for room in (path.name for path in (ROOT / "coderai").iterdir() if path.is_symlink()):
        shutil.copytree(ROOT / room, checkout / room)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    python(checkout, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", ".")
    (wheel,) = (checkout / "dist").iterdir()
    return wheel
