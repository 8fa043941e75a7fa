"""Looks at what CoderAI needs of a machine: Python, memory, disk, its folder, ports, and text recognition."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import psutil

from coderai.client.doctor.finding import Finding, fine, note, prevents
from coderai.deploy.data_dir import DataDir
from coderai.deploy.managed_process import lives
from coderai.deploy.ports import is_free

GIB = 2**30
_LEAST_PYTHON = (3, 11)
_LEAST_MEMORY, _MEMORY = 0.8 * GIB, 2 * GIB
"""Bytes without which nothing starts, and with which the readers of large files have room too."""
_LEAST_DISK, _DISK = 0.5 * GIB, 5 * GIB
"""A new folder takes 0.1 GiB; the rest is for documents, texts and datasets."""
_HTTP, _GRPC = "127.0.0.1:8080", "127.0.0.1:9090"
"""Where `coderai up` and `make run` listen unless told otherwise."""
_DATA_ADVICE = "name another folder in CODERAI_DATA, as in: export CODERAI_DATA=$HOME/coderai-data"


def look_at_machine(data: Path, env: Mapping[str, str]) -> Iterator[Finding]:
    """All findings; `data`: the folder of the stack that `coderai run` starts."""
    yield python()
    yield memory(psutil.virtual_memory().available)
    yield disk(shutil.disk_usage(_existing(data)).free, data)
    yield folder(data)
    yield port(_HTTP, "--http 127.0.0.1:8081")
    yield port(_GRPC, "--grpc 127.0.0.1:9091")
    yield text_recognition(env)


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Whether this Python is new enough."""
    text = f"Python {'.'.join(map(str, version))} on {platform.system()} ({sys.executable})"
    if version[:2] < _LEAST_PYTHON:
        return prevents(text, "CoderAI needs Python 3.11 or newer: pipx install --python python3.11 coderai")
    if sys.platform == "win32":
        return prevents(text, "CoderAI runs on Linux and macOS: in Windows, use WSL (wsl --install)")
    return fine(text)


def memory(available: float) -> Finding:
    """Whether the processes have room; `available`: bytes."""
    text = f"{_gib(available)} of memory free"
    if available < _LEAST_MEMORY:
        return prevents(text, "CoderAI takes 0.7 GiB when nothing is asked of it: end other programs")
    if available < _MEMORY:
        return note(text, "that will do for small files; large PDFs and tables take up to 1.5 GiB to read")
    return fine(text)


def disk(free: float, data: Path) -> Finding:
    """Whether the folder's disk has room; `free`: bytes."""
    text = f"{_gib(free)} free on the disk of {data}"
    if free < _LEAST_DISK:
        return prevents(text, f"make room, or {_DATA_ADVICE}")
    if free < _DISK:
        return note(text, f"that will do for some thousand documents; for more make room, or {_DATA_ADVICE}")
    return fine(text)


def folder(data: Path) -> Finding:
    """Whether the stack's folder can be written, and who uses it."""
    existing = _existing(data)
    try:
        with tempfile.NamedTemporaryFile(dir=existing):
            pass
    except OSError as error:
        return prevents(
            f"{data} cannot be written ({error.strerror})", f"give yourself the right to, or {_DATA_ADVICE}"
        )
    state = DataDir(data).read_state()
    if not state:
        return fine(f"the data of `coderai run` go to {data}, which can be written")
    if any(lives(pid) for pid in state["processes"].values()):
        return fine(f"a CoderAI runs on {data}: {state['http']}")
    taken = sorted(number for number in state["ports"].values() if not is_free(number))
    if taken:
        others = ", ".join(map(str, taken))
        return note(f"of the ports that {data} used last, others have {others}", "nothing to do: it takes other ports")
    return fine(f"the data of `coderai run` are in {data}, and its ports are free")


def port(address: str, otherwise: str) -> Finding:
    """Whether `coderai up` could listen at host:port; `otherwise`: the option by which it listens elsewhere."""
    host, _, number = address.rpartition(":")
    if is_free(int(number), host):
        return fine(f"port {number} is free, where `coderai up` listens")
    if address == _HTTP and _is_coderai(address):
        return fine(f"a CoderAI answers at port {number}: coderai run --url http://{address} ... uses it")
    advice = f"`coderai run` does not mind; for the others: coderai up {otherwise}"
    return note(f"port {number} is in use, where `coderai up` and `make run` listen", advice)


def text_recognition(env: Mapping[str, str]) -> Finding:
    """Whether scans can be read, and in which languages."""
    program = shutil.which("tesseract", path=env.get("PATH"))
    wanted = env.get("CODERAI_INGEST_OCR_LANGUAGES", "auto")
    if not wanted:
        return fine("CODERAI_INGEST_OCR_LANGUAGES is empty: scanned pages are not read")
    if program is None:
        return note(
            "tesseract is not installed: scanned pages will not be read",
            "Debian: apt-get install tesseract-ocr tesseract-ocr-deu, one a language; macOS: brew install tesseract",
        )
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    installed = listed.stdout.split("\n")[1:]
    missing = [one for one in wanted.split("+") if one not in installed] if wanted != "auto" else []
    if missing:
        return prevents(
            f"CODERAI_INGEST_OCR_LANGUAGES asks for {', '.join(missing)}, which tesseract has not",
            f"install it (Debian: apt-get install tesseract-ocr-{missing[0].replace('_', '-')}), or unset the variable",
        )
    return fine(f"tesseract reads scans, with data for {', '.join(filter(None, installed)) or 'no language'}")


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def _is_coderai(address: str) -> bool:
    try:
        found = httpx.get(f"http://{address}/health/ready", timeout=2, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return False
    return isinstance(found, dict) and "extractor" in found.get("checks", {})


def _gib(size: float) -> str:
    return f"{size / GIB:.1f} GiB"
