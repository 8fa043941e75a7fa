"""The wheel is all that a user needs: one top-level name, with the rooms, what stands in them, and the examples."""

from pathlib import Path

import pytest

from tests.support.wheel import ROOT, build_wheel, python


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this checkout installed in it."""
    checkout, target = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("installed")
    wheel = build_wheel(checkout)
    python(checkout, "-m", "pip", "install", "--no-deps", "--no-compile", "--target", str(target), str(wheel))
    return target


def test_nothing_but_coderai_is_installed(installed: Path) -> None:
    names = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert names == {"coderai", "bin"}  # the command's script


def test_its_public_names_are_imported_from_it(installed: Path, tmp_path: Path) -> None:
    said = "import coderai; from coderai import CoderAI, Job; print(coderai.__file__, CoderAI.__name__, Job.__name__)"
    assert python(tmp_path, "-c", said, path=str(installed)) == f"{installed}/coderai/__init__.py CoderAI Job\n"


@pytest.mark.parametrize(
    "name",
    [
        "descriptors.binpb",
        "examples/public-events/documents/morvane-trams.pdf",
        "examples/public-events/project.yaml",
        "examples/templates/contracts/accuracy.json",
        "examples/templates/interviews/documents/interview-12-umgehungsstrasse.txt",
        "examples/templates/news-events/project.yaml",
        "gateway/assets/index.html",
        "kit/migrations/script.py.mako",
        "messages/answers.py",
        "projects/v1/projects_service_pb2_grpc.py",
        "py.typed",
        "services/export/adapters/page/page.css",
        "services/extractor/prices.yaml",
        "services/ingest/migrations/versions/0001_ingest.py",
    ],
)
def test_what_is_no_module_is_in_it_too(installed: Path, name: str) -> None:
    assert (installed / "coderai" / name).is_file()


def test_it_holds_no_compiled_or_hidden_file(installed: Path) -> None:
    files = [path for path in (installed / "coderai").rglob("*") if path.is_file()]
    assert [path for path in files if path.suffix == ".pyc" or path.name.startswith(".")] == []


def test_every_room_of_the_checkout_is_in_it(installed: Path) -> None:
    checkout = {path.name for path in (ROOT / "coderai").iterdir() if path.is_dir()} - {"__pycache__"}
    assert checkout <= {path.name for path in (installed / "coderai").iterdir()}


def test_the_demo_finds_its_example(installed: Path, tmp_path: Path) -> None:
    example = "from coderai.client.run_command import EXAMPLE; print((EXAMPLE / 'project.yaml').is_file())"
    assert python(tmp_path, "-c", example, path=str(installed)) == "True\n"
