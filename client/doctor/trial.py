"""Starts CoderAI in a folder that goes again, and has the model answer one short question, as a run would."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from coderai.client.api import CoderAI
from coderai.client.doctor.finding import Finding, fine, note, prevents
from coderai.client.errors import ApiError
from coderai.client.wanted import OFFLINE
from coderai.deploy.errors import DeployError
from coderai.deploy.stack import LocalStack

_USUAL_MODEL = "openai:gpt-5-mini"


def try_out(model: str, env: Mapping[str, str]) -> Iterator[Finding]:
    """What came of the start and, where a model can be named, of the question.

    `model`: which to ask; empty for the usual one of the key that is set.
    """
    asked = model_to_ask(model, env)
    began = time.monotonic()
    try:
        with (
            TemporaryDirectory(prefix="coderai-doctor-", ignore_cleanup_errors=True) as folder,
            LocalStack(Path(folder), http="127.0.0.1:0", grpc="127.0.0.1:0", unsafe_fast=True) as stack,
        ):
            yield fine(f"CoderAI starts here, in {time.monotonic() - began:.1f} s, and all of it answers")
            yield asked if isinstance(asked, Finding) else answer(stack.url, asked)
    except (DeployError, OSError) as error:
        yield prevents(f"CoderAI does not start: {error}", "mend what that says; the other findings may tell why")


def model_to_ask(model: str, env: Mapping[str, str]) -> str | Finding:
    """The model to ask, or what to say when there is none."""
    if model == OFFLINE:
        return fine("the built-in offline engine codes, which asks no model")
    if model:
        return model
    told = sorted(name for name in env if name.endswith(("_API_KEY", "OPENAI_BASE_URL")) and env[name])
    if "OPENAI_API_KEY" in told and "OPENAI_BASE_URL" not in told:
        return _USUAL_MODEL
    if told:
        said = f"{' and '.join(told)}: set, but no model was named, so that none was asked"
        return note(said, "name one: coderai doctor --model provider:name")
    return note(
        "no model's key is set: the built-in offline engine codes, with low confidence",
        "for real work: export OPENAI_API_KEY=..., and run with --model openai:gpt-5-mini",
    )


def answer(url: str, model: str) -> Finding:
    """What comes of having a CoderAI ask the model, as a user who is made for it."""
    advice = "check the key, the name and the network; OPENAI_BASE_URL names a server of your own"
    with CoderAI(url) as api:
        api.register("doctor@example.org", secrets.token_urlsafe(24))
        try:
            project = api.create_project(name="doctor", model=model)
            checked = api.check_model(project.id)
        except ApiError as error:
            return prevents(f"{model} cannot be asked: {error}", advice)
    if checked.problem:
        return prevents(f"{model} does not answer: {checked.problem}", advice)
    return fine(f"{model} answers, within {checked.seconds:.1f} s")
