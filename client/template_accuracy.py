"""`make template-accuracy`: measures what the offline engine reaches with the templates that ship, and writes it down.

Each template is applied to a new project, its documents are coded in a stack of our own, and what came is compared with
the template's truth.csv; the counts go to accuracy.json beside it, which the projects service shows.
"""

from __future__ import annotations

import json
from pathlib import Path

from coderai.client.api import CoderAI
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, signed_in
from coderai.client.job_progress import follow
from coderai.client.models import Job
from coderai.client.report import show_comparison
from coderai.client.screen import Screen
from coderai.client.truth import TruthRow, compare, read_truth

FOLDER = Path(__file__).parents[1] / "examples" / "templates"
ACCURACY = "accuracy.json"
_DATA = Path(".coderai/template-accuracy")
Reached = dict[str, str | int]
"""The fields of coderai.projects.v1.TemplateAccuracy."""


def folders() -> list[Path]:
    """The folders of the templates that ship."""
    return [path.parent for path in sorted(FOLDER.glob("*/project.yaml"))]


def written(folder: Path) -> Reached:
    """What is written down of a template."""
    found: Reached = json.loads((folder / ACCURACY).read_text("utf-8"))
    return found


def code(api: CoderAI, folder: Path, screen: Screen) -> tuple[Job, list[TruthRow]]:
    """Codes a template's documents by the template itself; with what a person coded."""
    project = api.create_project(name=folder.name)
    variables = api.apply_template(project.id, folder.name).variables
    truth = read_truth(folder / "truth.csv", {variable.name: variable.type for variable in variables})
    api.upload(project.id, sorted((folder / "documents").iterdir()))
    api.wait_until_read(project.id)
    return follow(api, api.start_job(project.id, "FULL", skip_sample=True), screen), truth


def reached(api: CoderAI, job: Job, truth: list[TruthRow]) -> Reached:
    """How many of the cells that a person coded a job has as that person."""
    types = {variable.name: variable.type for variable in api.variables(job.project_id)}
    documents = {document.name for document in api.documents(job.project_id)}
    scores = compare(truth, api.extractions(job.project_id, job_id=job.id), types, documents).scores.values()
    right, compared = sum(score.right for score in scores), sum(score.total for score in scores)
    return {"model": job.model, "right": right, "compared": compared}


def main() -> None:
    """Measures all templates in a stack of our own, shows what came, and writes it down."""
    with exit_status():
        screen = Screen()
        with signed_in(Where(data=_DATA), screen) as api:
            for folder in folders():
                job, truth = code(api, folder, screen)
                screen.heading(folder.name)
                show_comparison(api, job.project_id, truth, (), screen)
                (folder / ACCURACY).write_text(json.dumps(reached(api, job, truth)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
