"""Settings come from the environment, and what is wrong is said by the variable's name."""

from __future__ import annotations

import pytest

from coderai.kit.errors import Forbidden, Unauthenticated
from coderai.kit.identity import Identity, Role, TokenKey, worker_identity
from coderai.kit.ids import new_id
from coderai.kit.settings import ProcessSettings, SettingsInvalid

GIVEN = {
    "CODERAI_DATABASE_URL": "postgresql://shared",
    "CODERAI_INGEST_DATABASE_URL": "postgresql://own",
    "CODERAI_NATS_URL": "nats://x",
    "CODERAI_INTERNAL_TOKEN_KEY": "k" * 32,
}


def test_a_services_own_variable_wins_over_the_shared_one() -> None:
    assert ProcessSettings.from_env("ingest", GIVEN).database_url == "postgresql://own"
    assert ProcessSettings.from_env("projects", GIVEN).database_url == "postgresql://shared"


def test_what_is_wrong_names_its_variable() -> None:
    with pytest.raises(SettingsInvalid, match="CODERAI_NATS_URL"):
        ProcessSettings.from_env("ingest", {k: v for k, v in GIVEN.items() if k != "CODERAI_NATS_URL"})
    with pytest.raises(SettingsInvalid, match="CODERAI_DATABASE_POOL"):
        ProcessSettings.from_env("ingest", {**GIVEN, "CODERAI_DATABASE_POOL": "many"})


def test_an_internal_token_is_good_for_one_service_and_one_key() -> None:
    who = Identity(new_id(), new_id(), Role.EDITOR, "c")
    key = TokenKey("k" * 32)
    token = key.mint(who, "projects")
    assert key.verify(token, "projects") == who
    for verify in (lambda: key.verify(token, "ingest"), lambda: TokenKey("o" * 32).verify(token, "projects")):
        with pytest.raises(Unauthenticated):
            verify()
    with pytest.raises(ValueError, match="32 bytes"):
        TokenKey("short")


def test_a_worker_may_write_and_a_viewer_may_not() -> None:
    worker_identity(new_id(), "c").must_edit()
    with pytest.raises(Forbidden):
        Identity(new_id(), new_id(), Role.VIEWER, "c").must_edit()
