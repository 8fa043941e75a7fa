"""From documents alone to a coded sample through the whole stack: what is suggested is applied, and it works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coderai.client.api import CoderAI
from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant

BULLETINS = sorted((Path(__file__).parents[2] / "examples" / "incident-reports" / "documents").glob("*.txt"))
FOUND = {"date", "cause", "number_of_injured", "oil_spilled", "number_of_litres"}


@pytest.fixture(scope="module")
def api(stack: LocalStack) -> Iterator[CoderAI]:
    with CoderAI(stack.url) as api:
        api.register("suggesting@example.org", "correct horse battery")
        yield api


@pytest.fixture(scope="module")
def project(api: CoderAI) -> str:
    project = api.create_project(name="Incidents").id
    api.upload(project, BULLETINS)
    api.wait_until_read(project)
    return project


def apply(api: CoderAI, *proposal_ids: str) -> None:
    for proposal_id in proposal_ids:
        assert api.apply_proposal(proposal_id).proposal.status == "APPLIED"


@pytest.fixture(scope="module")
def schema(api: CoderAI, project: str) -> dict[str, Any]:
    """The variables by name, once the unit and all that is suggested were applied."""
    (unit,) = api.suggest_unit(project).items
    apply(api, unit.id)
    suggested = api.suggest_variables(project)
    assert all(quote.quote and quote.document_name for one in suggested.items for quote in one.quotes)
    assert not api.variables(project)
    apply(api, *(one.proposal_id for one in suggested.items))
    return {variable.name: variable for variable in api.variables(project)}


def test_what_is_suggested_becomes_the_schema(api: CoderAI, project: str, schema: dict[str, Any]) -> None:
    assert schema.keys() >= FOUND
    assert api.project(project).unit.rows_per_document == "MULTIPLE"
    again = api.suggest_variables(project)
    assert not {one.variable.name for one in again.items} & schema.keys()


def test_the_schema_codes_the_documents(api: CoderAI, project: str, schema: dict[str, Any]) -> None:
    job = api.start_job(project, "SAMPLE", sample_size=6)
    *_, last = api.watch_job(job.id)
    assert (last.job.status, last.job.documents_failed) == ("COMPLETE", 0)
    answered = {one.variable for one in api.extractions(project, job_id=job.id) if one.value is not None}
    assert answered >= {"date", "number_of_injured", "cause"}


def test_categories_instructions_and_a_review_are_proposed(api: CoderAI, project: str, schema: dict[str, Any]) -> None:
    bare = api.create_variable(project, name="injured_people", type="NUMBER", instructions="Injured.")
    better = api.suggest_instructions(bare.id)
    assert better.proposal.kind == "CHANGE_INSTRUCTIONS" and better.proposal.quotes
    assert "No categories are proposed" in api.suggest_categories(project, bare.id).left_out[0]
    review = api.review_schema(project)
    kinds = {(finding.kind, tuple(finding.variables)) for finding in review.items}
    assert ("UNCLEAR_INSTRUCTIONS", ("injured_people",)) in kinds
    assert any(kind == "OVERLAPPING_NAMES" and "injured_people" in names for kind, names in kinds)
    apply(api, better.proposal.id)
    assert api.variables(project)[-1].instructions == better.proposal.changes[0].variable_after.instructions


def test_others_are_shown_nothing(stack: LocalStack, project: str, schema: dict[str, Any]) -> None:
    with Tenant(stack.url, "stranger") as stranger:
        for path in ("suggest-variables", "suggest-unit", "review-schema"):
            answer = stranger.http.post(f"/v1/projects/{project}/copilot/{path}", json={})
            assert (answer.status_code, answer.json()["code"]) == (404, "project_not_found")
        body = {"variable_id": schema["cause"].id}
        answer = stranger.http.post(f"/v1/projects/{project}/copilot/suggest-categories", json=body)
        assert answer.status_code == 404
        answer = stranger.http.post(f"/v1/variables/{schema['cause'].id}/suggest-instructions", json={})
        assert answer.status_code == 404
