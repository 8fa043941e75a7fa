"""From documents to a bundle, and with the bundle alone to a dataset of other documents: asked in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from coderai.client import CoderAI
from coderai.client.__main__ import app
from coderai.client.project_file import ProjectFile
from coderai.deploy.stack import LocalStack
from coderai.engines.prompting import Message, fill
from tests.support.openai_answers import messages_of
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import Tenant

EXAMPLES = Path(__file__).parents[2] / "examples"
OTHERS = {
    "one.txt": "On 3 May 2024 some 300 nurses marched through Port Elmo against night shifts. Nobody was arrested.",
    "two.txt": "Le 4 juin 2024, environ 1 200 personnes ont manifesté à Villeneuve. La police a arrêté deux personnes.",
}
STRIKES = """\
name: Strikes
model: openai:gpt-5-mini
verify: NONE
language: English
sample_size: 0
variables:
  - name: place
    type: TEXT
    instructions: 'Where was it? {document text}'
    golden_examples: [{text: in Ulm, value: Ulm}]
  - name: people
    type: NUMBER
    instructions: How many took part?
    prompt: {text: "Count them.\\n  Exactly: {code}", temperature: 0.35, max_tokens: 333}
  - {name: police, type: BOOLEAN, instructions: 'Was the police there?'}
"""
Run = Callable[..., Result]


@pytest.fixture
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


@pytest.fixture
def api(stack: LocalStack, tenant: Tenant) -> Iterator[CoderAI]:
    token = str(tenant.http.headers["authorization"]).removeprefix("Bearer ")
    with CoderAI(stack.url, token=token) as api:
        yield api


@pytest.fixture
def run(stack: LocalStack, tenant: Tenant, tmp_path: Path) -> Run:
    """`coderai run PROJECT DOCUMENTS --out OUT --yes`."""
    token = str(tenant.http.headers["authorization"]).removeprefix("Bearer ")
    env = {"CODERAI_URL": stack.url, "CODERAI_TOKEN": token, "CODERAI_DATA": str(tmp_path / "data")}

    def call(project: Path, documents: Path, *more: str) -> Result:
        arguments = ["run", str(project), str(documents), "--out", str(tmp_path / "out"), "--formats", "csv", "--yes"]
        done = CliRunner().invoke(app, [*arguments, *more], env=env, prog_name="coderai")
        assert done.exit_code == 0, done.output
        return done

    return call


def bundle(api: CoderAI, project_name: str, path: Path, **options: bool) -> tuple[str, Path]:
    """The id of the newest project of that name, and its bundle."""
    project = max((one for one in api.projects() if one.name == project_name), key=lambda one: one.id)
    export = api.wait_for_export(api.create_export(project.id, "BUNDLE", **options).id)
    api.download_export(export.id, path)
    return project.id, path


def verified(path: Path) -> None:
    """Checks a bundle as a stranger does."""
    done = CliRunner().invoke(app, ["verify", str(path)], prog_name="coderai")
    assert done.exit_code == 0, done.output


def others(folder: Path) -> Path:
    folder.mkdir()
    for name, text in OTHERS.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def member(path: Path, name: str) -> str:
    with ZipFile(path) as archive:
        return archive.read(name).decode()


def lines(path: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in member(path, name).splitlines()]


def asked(api: CoderAI, project_id: str) -> list[tuple[Any, ...]]:
    """What each variable asks, and in which words."""
    kept = api.variables(project_id)
    prompts = [variable.active_prompt for variable in kept]
    return [
        (variable.name, variable.type, variable.instructions, prompt.text, prompt.temperature, prompt.max_tokens)
        for variable, prompt in zip(kept, prompts, strict=True)
        if prompt is not None
    ]


def content_of(project_yaml: str) -> tuple[str, str]:
    """The hash in a project file's head, and what stands below the head."""
    head, _, rest = project_yaml.partition("\nname:")
    return head.rpartition("but for ids and model: ")[2].strip(), rest


@pytest.mark.parametrize("example", [pytest.param("public-events", marks=pytest.mark.long), "incident-reports"])
def test_the_codebook_of_a_bundle_codes_other_documents(api: CoderAI, run: Run, tmp_path: Path, example: str) -> None:
    file = EXAMPLES / example / "project.yaml"
    coded = run(file, EXAMPLES / example / "documents")
    name = ProjectFile.read(file).spec.name
    first_id, first = bundle(api, name, tmp_path / "first.zip")
    run(first, others(tmp_path / "others"))
    again_id, again = bundle(api, name, tmp_path / "again.zip")

    assert "cells are as a person coded them" in coded.stdout
    unit = ProjectFile.read(file).spec.unit
    if unit is not None and unit.rows_per_document == "MULTIPLE":
        entities = {line["entity"] for line in lines(first, "data/cells.jsonl")}
        assert len(entities) > 1
    verified(first)
    verified(again)
    assert again_id != first_id
    assert asked(api, again_id) == asked(api, first_id)
    assert content_of(member(again, "project.yaml")) == content_of(member(first, "project.yaml"))
    assert len(content_of(member(first, "project.yaml"))[0]) == 64
    (run_line,) = {line["no_prompts"] for line in lines(again, "provenance/runs.jsonl")}
    assert "no model was asked" in run_line
    assert {line["name"] for line in lines(again, "documents.jsonl")} == set(OTHERS)
    with ZipFile(first) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert "going on with" not in run(tmp_path / "unpacked" / "project.yaml", tmp_path / "others").stdout


def test_a_bundle_has_what_the_model_was_sent_and_its_run_sends_the_same(
    api: CoderAI, run: Run, tmp_path: Path, chat_model: OpenAIServer
) -> None:
    (tmp_path / "strikes.yaml").write_text(STRIKES, "utf-8")
    begin = len(chat_model.requests)
    run(tmp_path / "strikes.yaml", others(tmp_path / "documents"))
    sent = [messages_of(one.body) for one in chat_model.requests[begin:]]
    _, first = bundle(api, "Strikes", tmp_path / "first.zip", texts=True)

    verified(first)
    prompts = {line["id"]: line for line in lines(first, "provenance/prompts.jsonl")}
    calls = lines(first, "provenance/calls.jsonl")
    assert calls
    for call in calls:
        text = member(first, f"texts/{call['document_id']}.txt")[call["start"] : call["end"]]
        told = [Message(one["role"], one["content"]) for one in prompts[call["prompt_id"]]["messages"]]
        messages = fill(told, call["filled"], text)
        assert [message.content for message in messages] in sent
        plain = json.dumps([[m.role, m.content] for m in messages], ensure_ascii=False, separators=(",", ":"))
        assert (call["sent_sha256"], call["sha256"]) == (
            sha256(plain.encode()).hexdigest(),
            sha256(text.encode()).hexdigest(),
        )

    begin = len(chat_model.requests)
    run(first, tmp_path / "documents", "--model", "openai:gpt-5-mini")
    again = [messages_of(one.body) for one in chat_model.requests[begin:]]
    _, second = bundle(api, "Strikes", tmp_path / "second.zip")
    told_again = lines(second, "provenance/calls.jsonl")
    # What a reply does not answer is asked once more, by itself: there may be further calls.
    assert {call["sent_sha256"] for call in told_again} >= {call["sent_sha256"] for call in calls}
    assert all(messages in again for messages in sent)
