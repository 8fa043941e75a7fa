"""An installation without an account: its operator's terminal shows a link that makes the first one, once."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from coderai.client.api import CoderAI
from coderai.deploy.local import show_sign_in_link
from coderai.deploy.stack import LocalStack

SESSION = "/v1/auth/session"
NOT_VALID = (401, "code_not_valid")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    folder = tmp_path_factory.mktemp("first")
    with LocalStack(folder, http="127.0.0.1:0", grpc="127.0.0.1:0", unsafe_fast=True) as stack:
        yield stack


@pytest.fixture
def stack(running: LocalStack) -> LocalStack:
    """A stack in which nobody has an account."""
    tables = ("users", "workspaces", "sign_in_attempts", "links")
    running.postgres.psql(";".join(f"delete from gateway.{table}" for table in tables), database="coderai")
    return running


def code_of(link: str) -> str:
    found = re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in#code=([A-Za-z0-9_-]{40,})", link)
    assert found, "not a sign-in link"
    return found[1]


def browser(stack: LocalStack) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30)


def use(stack: LocalStack, code: str) -> tuple[int, str]:
    with browser(stack) as page:
        answer = page.post(SESSION, json={"code": code})
        return answer.status_code, answer.json().get("code", "")


def users(stack: LocalStack) -> str:
    return stack.postgres.psql("select count(*) from gateway.users", database="coderai").strip()


def test_the_link_makes_the_first_account_and_signs_in(stack: LocalStack) -> None:
    link = stack.sign_in_link()
    code = code_of(link)
    with httpx.Client(base_url=stack.url, timeout=30) as elsewhere:
        for headers in ({}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
            assert elsewhere.post(SESSION, json={"code": code}, headers=headers).status_code == 403
    with browser(stack) as page:
        made = page.post(SESSION, json={"code": code})
        shown = page.get(SESSION)
        project = page.post("/v1/projects", json={"name": "First"})

    assert link.startswith(stack.url)
    assert (made.status_code, shown.json(), project.status_code) == (200, made.json(), 201)
    assert made.json()["workspace"]["role"] == "OWNER"
    assert made.json()["has_password"] is False
    assert use(stack, code) == NOT_VALID
    assert stack.sign_in_link() == ""
    written = [file.read_bytes() for file in stack.data_dir.joinpath("logs").iterdir()]
    assert code.encode() not in b"".join(written)


def test_its_person_sets_a_password_and_signs_in_by_it(stack: LocalStack) -> None:
    new = "correct horse battery"
    with browser(stack) as page:
        email = page.post(SESSION, json={"code": code_of(stack.sign_in_link())}).json()["user"]["email"]
        guesses = [
            page.post("/v1/auth/login", json={"email": email, "password": guess}).status_code
            for guess in ("", "the password of nobody", "x" * 12)
        ]
        changed = page.post("/v1/auth/password", json={"current_password": "", "new_password": new})
        again = page.post("/v1/auth/password", json={"current_password": "", "new_password": new})
        page.delete(SESSION)
        back = page.post(SESSION, json={"email": email, "password": new})

    assert guesses == [401, 401, 401]
    assert (changed.status_code, again.json()["code"]) == (204, "wrong_password")
    assert (back.status_code, back.json()["has_password"]) == (200, True)


def test_of_many_who_use_it_at_once_one_gets_in(stack: LocalStack) -> None:
    code = code_of(stack.sign_in_link())
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(status for status, _ in pool.map(lambda _: use(stack, code), range(6)))

    assert statuses == [200, 401, 401, 401, 401, 401]
    assert users(stack) == "1"


def test_whoever_registers_first_ends_it(stack: LocalStack) -> None:
    code = code_of(stack.sign_in_link())
    with CoderAI(stack.url) as api:
        api.register_or_login("local@example.org", "correct horse battery")

    assert use(stack, code) == NOT_VALID
    assert users(stack) == "1"


def test_a_newer_one_is_in_its_place_and_an_old_one_expires(stack: LocalStack) -> None:
    first, second = (code_of(stack.sign_in_link()) for _ in range(2))

    assert use(stack, first) == NOT_VALID
    stack.postgres.psql("update gateway.links set expires_at = now() - interval '1 second'", database="coderai")
    assert use(stack, second) == NOT_VALID
    assert users(stack) == "0"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_it_is_shown_on_a_terminal_alone(stack: LocalStack, monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    ours, theirs = pty.openpty() if is_terminal else os.pipe()
    with monkeypatch.context() as patch, os.fdopen(theirs, "w") as output:
        patch.setattr("sys.stdout", output)
        show_sign_in_link(stack)
        output.flush()
        shown = os.read(ours, 4096).decode() if select.select([ours], [], [], 0)[0] else ""
    os.close(ours)

    assert ("works once, within 15 minutes" in shown) is is_terminal
    assert (use(stack, code_of(shown.split()[-1]))[0] == 200) if is_terminal else shown == ""


@pytest.mark.long
def test_make_run_shows_it_on_a_terminal_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "coderai.deploy.local", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]
    ours, theirs = pty.openpty()
    with subprocess.Popen([*command, "--data", str(tmp_path)], stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = ""
        while "#code=" not in shown or not shown.endswith("\n"):
            assert select.select([ours], [], [], 120)[0], shown
            shown += os.read(ours, 4096).decode().replace("\r\n", "\n")
        link = shown.split()[-1]
        url, _, code = link.partition("/sign-in#code=")
        made = httpx.post(f"{url}{SESSION}", json={"code": code}, headers={"Sec-Fetch-Site": "same-origin"})
        process.send_signal(signal.SIGINT)
    os.close(ours)

    assert "works once, within 15 minutes" in shown
    assert (made.status_code, process.returncode) == (200, 0)
