"""A workspace in which everything is that the console shows: what tests of its looks and accessibility open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import yaml

from tests.support.browsing import ROOT, Person
from tests.support.coded_project import coded_project
from tests.support.tenant import wait_until

_EXAMPLE = ROOT / "examples/public-events"
_DOCUMENTS = ("aldermoor-vigil.txt", "kessling-nurses-strike.txt", "san-telmo-marcha-agua.txt")
REPORT = "sorrel-bridge-special-report.pdf"
ARABIC = "مظاهرة الساحة.txt"
BROKEN = "broken.pdf"
LONG = f"{'a-very-long-name-of-a-file-from-an-archive-' * 4}end.txt"
_ARABIC_TEXT = "في صباح الجمعة 3 مايو 2024 تجمّع نحو 250 شخصًا في الساحة (Police Square) احتجاجًا على الأسعار."
_LONG_TEXT = "Some forty nurses of the clinic held a vigil in Tarnholt on 7 June 2024. Nobody was hurt."
_SAID = {"march": "They walked in procession to the square", "strike": "They laid down tools at the plant"}
_TOWNS = ("Bree", "Elmo", "Corvina", "Lund")


@dataclass(frozen=True, slots=True)
class FilledWorkspace:
    """Its people, and the ids of its projects and of what is in them."""

    owner: Person
    viewer: Person
    """Has a workspace of their own, too, in which nothing is."""

    id: str
    invitation: str
    """The token of an invitation that waits."""

    filled: str
    """Documents of all kinds, one of which cannot be read; coded, partly reviewed; a conversation, exports, a view."""

    empty: str
    judged: str
    """Two variables, all of whose cells were drawn and judged."""

    paused: str
    """Its run waits for a larger budget."""

    report: str
    arabic: str
    broken: str
    variable: str
    """A category of `refined`, with options for its prompt and a trial."""

    refined: str


@contextmanager
def filled_workspace(url: str) -> Iterator[FilledWorkspace]:
    """Makes it on a running stack."""
    with Person(url) as owner, Person(url) as viewer:
        workspace = owner.get("auth/me")["workspace"]["id"]
        invitation = _add_people(owner, viewer, workspace)
        filled = _filled(owner)
        documents = {one["name"]: one["id"] for one in owner.all(f"projects/{filled}/documents")}
        variable = _refined(owner)
        yield FilledWorkspace(
            owner=owner,
            viewer=viewer,
            id=workspace,
            invitation=invitation,
            filled=filled,
            empty=owner.post("projects", {"name": "Nothing yet"})["id"],
            judged=_judged(owner),
            paused=_paused(owner),
            report=documents[REPORT],
            arabic=documents[ARABIC],
            broken=documents[BROKEN],
            variable=variable["id"],
            refined=variable["project_id"],
        )


def _add_people(owner: Person, viewer: Person, workspace: str) -> str:
    members = f"workspaces/{workspace}/members"
    invited = owner.post(members, {"email": viewer.email, "role": "VIEWER"})
    viewer.post("invitations/accept", {"token": invited["token"]})
    owner.post("api-keys", {"name": "nightly import"})
    waiting: str = owner.post(members, {"email": "ada@example.org", "role": "EDITOR"})["token"]
    return waiting


def _filled(owner: Person) -> str:
    described = yaml.safe_load((_EXAMPLE / "project.yaml").read_text(encoding="utf-8"))
    project: str = owner.post("projects", {"name": "احتجاجات 2024 (Protests)", "unit": described["unit"]})["id"]
    for variable in described["variables"]:
        owner.post(f"projects/{project}/variables", variable)
    files = [(name, (_EXAMPLE / "documents" / name).read_bytes()) for name in (*_DOCUMENTS, REPORT)]
    files += [(ARABIC, _ARABIC_TEXT.encode()), (LONG, _LONG_TEXT.encode()), (BROKEN, b"%PDF-1.4 broken")]
    sent = [("files", file) for file in files]
    owner.http.post(f"/v1/projects/{project}/documents", files=sent).raise_for_status()
    wait_until(lambda: _read(owner, project) == len(files))
    _run(owner, project)
    _judge_some(owner, project)
    owner.post(f"projects/{project}/exports", {"format": "CSV"})
    owner.post("templates", {"name": "Protests", "project_id": project})
    message = owner.post(f"projects/{project}/copilot/messages", {"text": "What could I count?"})
    for _ in owner.follow_message(message["reply"]["id"]):
        pass
    return project


def _read(owner: Person, project: str) -> int:
    counts = owner.get(f"projects/{project}/documents")["counts"]
    return int(counts.get("READY", 0) + counts.get("FAILED", 0))


def _run(owner: Person, project: str) -> None:
    job = owner.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})
    for _ in owner.follow(job["id"]):
        pass


def _judge_some(owner: Person, project: str) -> None:
    """People say of some cells that they are right, and of one that it is wrong."""
    cells = [one for one in owner.all(f"projects/{project}/extractions?variable=event_type") if one["value"]]
    for number, cell in enumerate(cells[:3]):
        wrong = {"verdict": "INCORRECT", "corrected_value": "sit_in", "note": "They sat down. — جلسوا"}
        owner.post(f"extractions/{cell['id']}/feedback", {"verdict": "CORRECT"} if number else wrong)


def _judged(owner: Person) -> str:
    kinds = [{"value": "march", "description": "People walk."}, {"value": "strike", "description": "They stop work."}]
    variables = (
        {"name": "people", "type": "NUMBER", "instructions": "How many people took part."},
        {"name": "kind", "type": "CATEGORY", "instructions": "What it was.", "categories": kinds},
    )
    texts = {f"r{n}.txt": f"About {120 + n} people took part in a march in Kessling." for n in range(4)}
    project = coded_project(owner, "Measured", variables, texts)
    owner.post(f"projects/{project}/review-samples", {"size": 8})
    for item in owner.all(f"projects/{project}/review?queue=MEASURE"):
        extraction = item["extraction"]
        is_wrong = (extraction["document_name"], extraction["variable"]) == ("r0.txt", "kind")
        said = {"verdict": "INCORRECT", "corrected_value": "strike"} if is_wrong else {"verdict": "CORRECT"}
        owner.post(f"extractions/{extraction['id']}/feedback", said | {"sample_id": item["sample_id"]})
    return project


def _paused(owner: Person) -> str:
    project: str = owner.post("projects", {"name": "Too dear", "model": "openai:gpt-4.1-mini", "token_budget": 10})[
        "id"
    ]
    owner.post(f"projects/{project}/variables", {"name": "place", "type": "TEXT", "instructions": "Where was it?"})
    owner.post(f"projects/{project}/documents", {"name": "report.txt", "text": "People marched through Lublin."})
    wait_until(lambda: _read(owner, project) == 1)
    job = owner.post(f"projects/{project}/jobs", {"kind": "FULL", "skip_sample": True})["id"]
    wait_until(lambda: bool(owner.get(f"jobs/{job}")["status"] == "PAUSED"))
    return project


def _refined(owner: Person) -> dict[str, Any]:
    """A variable with options for its prompt, of which one was tried."""
    project = owner.post("projects", {"name": "Refined"})["id"]
    form = {"name": "form", "type": "CATEGORY", "categories": [{"value": value} for value in _SAID]}
    variable: dict[str, Any] = owner.post(f"projects/{project}/variables", form)
    for said, words in _SAID.items():
        for day, town in enumerate(_TOWNS, 1):
            text = f"{town} saw a protest on {day} May 2024. {words} of {town}. Nobody was hurt."
            owner.post(f"projects/{project}/documents", {"name": f"{said}-{day}.txt", "text": text})
    wait_until(lambda: _read(owner, project) == len(_SAID) * len(_TOWNS))
    _run(owner, project)
    for cell in owner.all(f"projects/{project}/extractions?variable=form"):
        right = cell["document_name"].partition("-")[0]
        wrong = {"verdict": "INCORRECT", "corrected_value": right, "quote": _SAID[right]}
        owner.post(f"extractions/{cell['id']}/feedback", {"verdict": "CORRECT"} if cell["value"] == right else wrong)
    refinement = owner.post(f"variables/{variable['id']}/refinements", {"hint": ""})
    option = next(one["number"] for one in refinement["options"] if one["document_ids"])
    owner.post(f"refinements/{refinement['id']}/try", {"option": option})
    for _ in owner.follow(_tried(owner, refinement["id"])):
        pass
    return variable


def _tried(owner: Person, refinement: str) -> str:
    """The trial's job."""
    options = owner.get(f"refinements/{refinement}")["options"]
    return next(str(one["trial_job_id"]) for one in options if one["trial_job_id"])
