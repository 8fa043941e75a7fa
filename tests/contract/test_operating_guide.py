"""The operating guide names every setting with its default, every secret of the manifests, and only what exists."""

from __future__ import annotations

import re
import shutil
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from tests.support.deployments import (
    KUBERNETES,
    ROOT,
    SETTINGS,
    kubernetes_objects,
    kubernetes_processes,
    of_kind,
    setting_names,
)

GUIDE = (ROOT / "docs" / "guides" / "operating.md").read_text()
CONFIGURE = GUIDE.partition("## Configure")[2].partition("\n## ")[0]
ROWS = dict(re.findall(r"^\| `(CODERAI_\w+)` \| (.+?) \| .+ \|$", CONFIGURE, re.M))


def as_written(field: FieldInfo) -> str:
    """A setting's default in the guide's words."""
    if field.is_required():
        return "required"
    default: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, Path):
        default = default.resolve().relative_to(ROOT)
    if default == tempfile.gettempdir():
        default = "/tmp"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`" if default != "" else "none"


FIELDS = [
    pytest.param(service, name, field, id=f"{service}-{name}")
    for service, kinds in SETTINGS.items()
    for kind in kinds
    for name, field in kind.model_fields.items()
]


@pytest.mark.parametrize(("service", "name", "field"), FIELDS)
def test_every_setting_is_there_with_its_default(service: str, name: str, field: FieldInfo) -> None:
    own, shared = f"CODERAI_{service.upper()}_{name.upper()}", f"CODERAI_{name.upper()}"
    written = ROWS.get(own) or ROWS.get(shared)
    assert written is not None, f"the guide does not name {own}"
    assert written == as_written(field)


def test_no_setting_is_there_that_does_not_exist() -> None:
    assert ROWS.keys() <= setting_names()
    mentioned = set(re.findall(r"\bCODERAI_[A-Z_]+[A-Z]\b", GUIDE))
    assert mentioned <= setting_names()


def test_every_secret_of_the_manifests_is_there() -> None:
    objects = kubernetes_objects()
    secrets = {source for process in kubernetes_processes(objects) for source in process.secrets.values()}
    for source in secrets:
        name, _, key = source.partition("/")
        assert re.search(rf"^ *\| .*`{name}`.* \| .*`{key}`", GUIDE, re.M), source
    (volume,) = (
        v["secret"]["secretName"]
        for v in of_kind(objects, "Job")["migrate"]["spec"]["template"]["spec"]["volumes"]
        if "secret" in v
    )
    assert f"`{volume}`" in GUIDE


def test_every_file_that_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", GUIDE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / "guides" / link).exists()] == []


def test_the_overlay_that_it_shows_changes_image_and_settings(tmp_path: Path) -> None:
    overlay = re.search(r"^ *```yaml\n(.+?)^ *```", GUIDE, re.M | re.S)
    assert overlay is not None
    base = tmp_path / "deploy" / "kubernetes"
    shutil.copytree(KUBERNETES, base)
    mine = tmp_path / "my-overlay"
    mine.mkdir()
    (mine / "kustomization.yaml").write_text(textwrap.dedent(overlay[1]))
    objects = kubernetes_objects(mine)
    pods = [
        each["spec"]["template"]["spec"] for kind in ("Deployment", "Job") for each in of_kind(objects, kind).values()
    ]
    assert {pod["containers"][0]["image"] for pod in pods} == {"registry.example.org/coderai:0.1.0"}
    for process in kubernetes_processes(objects):
        assert process.env["CODERAI_BLOB_URL"] == "s3://my-bucket/coderai"
