"""Settings come from the environment, and what is wrong is said by the variable's name."""

from __future__ import annotations

import itertools
from contextlib import nullcontext

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
TOO_SMALL = {(Role.VIEWER, Role.EDITOR), (Role.VIEWER, Role.OWNER), (Role.EDITOR, Role.OWNER)}
"""Roles that somebody has, and that it takes."""


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


def test_a_role_may_do_what_smaller_ones_may() -> None:
    worker_identity(new_id(), "c").must_be(Role.EDITOR)
    for has, least in itertools.product(Role, Role):
        who, is_enough = Identity(new_id(), new_id(), has, "c"), (has, least) not in TOO_SMALL
        with nullcontext() if is_enough else pytest.raises(Forbidden, match=f"role of {least.lower()}"):
            who.must_be(least)
