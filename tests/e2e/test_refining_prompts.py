"""From feedback to a better prompt through the whole stack: refine, try on known cells, choose, renew."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until

SAID = {"march": "They walked in procession to the square", "strike": "They laid down tools at the plant"}
TEXTS = {
    f"{form}-{n}.txt": f"{place} saw a protest on {n + 1} May 2024. {said} of {place}. Nobody was hurt."
    for form, said in SAID.items()
    for n, place in enumerate(("Bree", "Elmo", "Corvina", "Lund", "Arta", "Vico"))
}


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Any:
    with Tenant(stack.url, "refining") as tenant:
        yield tenant


@pytest.fixture(scope="module")
def project(tenant: Tenant) -> str:
    """Documents coded once, of which a person has said what is right."""
    project: str = tenant.post("projects", {"name": "Protests"})["id"]
    form = {"name": "form", "type": "CATEGORY", "categories": [{"value": value} for value in ("march", "strike")]}
    tenant.post(f"projects/{project}/variables", form)
    tenant.post(f"projects/{project}/variables", {"name": "place", "type": "TEXT"})
    for name, text in TEXTS.items():
        tenant.post(f"projects/{project}/documents", {"name": name, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in tenant.all(f"projects/{project}/documents")))
    run(tenant, tenant.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True}))
    for cell in tenant.all(f"projects/{project}/extractions?variable=form"):
        right = cell["document_name"].partition("-")[0]
        verdict = {"verdict": "CORRECT"}
        if cell["value"] != right:
            verdict = {"verdict": "INCORRECT", "corrected_value": right, "quote": SAID[right]}
        tenant.post(f"extractions/{cell['id']}/feedback", verdict)
    return project


def run(tenant: Tenant, started: dict[str, Any]) -> dict[str, Any]:
    list(tenant.follow(started["id"]))
    job: dict[str, Any] = tenant.get(f"jobs/{started['id']}")
    assert job["status"] == "COMPLETE"
    return job


def variable(tenant: Tenant, project: str, name: str = "form") -> dict[str, Any]:
    found: dict[str, Any] = next(v for v in tenant.all(f"projects/{project}/variables") if v["name"] == name)
    return found


def test_an_option_is_tried_chosen_and_renews_just_its_variable(tenant: Tenant, project: str) -> None:
    form = variable(tenant, project)
    rejected = tenant.post(f"variables/{form['id']}/refinements")
    tenant.post(f"refinements/{rejected['id']}/reject")
    assert variable(tenant, project) == form

    made = tenant.post(f"variables/{form['id']}/refinements")
    assert made["groups"] and 2 <= len(made["options"]) <= 3
    option = next(one for one in made["options"] if one["document_ids"])
    asked = {"option": option["number"]}
    assert tenant.post(f"refinements/{made['id']}/try/estimate", asked)["documents"] == len(option["document_ids"])
    trial = run(tenant, tenant.post(f"refinements/{made['id']}/try", asked))
    assert (trial["kind"], trial["variables"]) == ("TRIAL", ["form"])
    shown = tenant.get(f"refinements/{made['id']}")["options"][option["number"] - 1]["trial"]
    assert sum(shown[name] for name in ("fixed", "broken", "still_right", "still_wrong")) == len(option["document_ids"])
    assert variable(tenant, project) == form

    done = tenant.post(f"refinements/{made['id']}/apply", asked)
    now = variable(tenant, project)
    assert (done["status"], done["prompt_id"]) == ("APPLIED", now["active_prompt"]["id"])
    assert (now["active_prompt"]["origin"], now["active_prompt"]["refinement_id"]) == ("REFINED", made["id"])
    assert now["active_prompt"]["text"] == option["text"] and now["warnings"] == []
    (told,) = tenant.all(f"audit?project_id={project}&kinds=REFINEMENT_APPLIED")
    assert (told["thing_id"], told["thing_name"]) == (made["id"], "form")
    assert [v["id"] for v in tenant.get(f"variables/{form['id']}/refinements")["items"]] == [made["id"], rejected["id"]]
