"""What is said at start of web clients is what the gateway's settings have."""

from __future__ import annotations

from typing import Any, cast

import pytest

from coderai.deploy.local import show_sign_in_link, who_may_call
from coderai.deploy.stack import LocalStack
from coderai.gateway.settings import GatewaySettings
from coderai.kit.settings import SettingsInvalid

ORIGIN = "http://localhost:5173"
REQUIRED = {
    "CODERAI_DATABASE_URL": "postgresql://x",
    "CODERAI_INTERNAL_TOKEN_KEY": "k" * 32,
    "CODERAI_TOKEN_KEY": "k" * 32,
    **{f"CODERAI_{name}_ADDRESS": "x:1" for name in ("PROJECTS", "INGEST", "EXTRACTOR", "COPILOT", "EXPORT")},
}


@pytest.mark.parametrize("name", ["CODERAI_GATEWAY_CORS_ORIGINS", "CODERAI_CORS_ORIGINS"])
def test_origins_are_told_under_the_names_by_which_the_gateway_reads_them(name: str) -> None:
    environ: dict[str, Any] = {name: ORIGIN}

    assert GatewaySettings.from_env("gateway", REQUIRED | environ).cors_origins == ORIGIN
    assert who_may_call(environ) == f"pages of {ORIGIN} may call the API"


def test_without_any_the_setting_is_named() -> None:
    assert "CODERAI_GATEWAY_CORS_ORIGINS" in who_may_call({})


def test_what_is_no_origin_stops_the_gateway_with_the_reason() -> None:
    with pytest.raises(SettingsInvalid, match="without a path"):
        GatewaySettings.from_env("gateway", REQUIRED | {"CODERAI_GATEWAY_CORS_ORIGINS": f"{ORIGIN}/"})


class Linked:
    """A stack that would make a link."""

    def sign_in_link(self) -> str:
        return "http://127.0.0.1:8080/sign-in#code=secret"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_sign_in_link_is_for_a_terminal_and_no_file(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    show_sign_in_link(cast(LocalStack, Linked()))

    assert ("code=secret" in capsys.readouterr().out) == is_terminal
