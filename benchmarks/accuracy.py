"""How much of the examples' truth the offline engine gets through the whole stack, and of the gold corpora without it.

.venv/bin/python -m benchmarks.accuracy
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import calibration, gold
from benchmarks.line import report
from coderai.client import CoderAI
from coderai.client.models import Extraction
from coderai.client.project_file import ProjectFile
from coderai.client.truth import compare, read_truth
from coderai.deploy.stack import LocalStack

EXAMPLES = Path(__file__).parents[1] / "examples"
MATCHES = ("EXACT", "FUZZY", "NONE")


def main() -> None:
    """Runs each example twice, then the gold corpora, then measures confidence, and prints the measurements."""
    with (
        TemporaryDirectory() as folder,
        LocalStack(Path(folder), http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
        CoderAI(stack.url) as api,
    ):
        api.register("bench@example.org", "a password of a benchmark")
        for example in ("public-events", "incident-reports"):
            _measure(api, example)
    gold.measure()
    calibration.measure()


def _measure(api: CoderAI, example: str) -> None:
    home = EXAMPLES / example
    project_file = ProjectFile.read(home / "project.yaml")
    project = api.create_project(**project_file.spec.request())
    api.create_variables(project.id, (v.request() for v in project_file.spec.variables))
    list(api.upload(project.id, sorted((home / "documents").iterdir())))
    api.wait_until_read(project.id)
    first, second = _run(api, project.id), _run(api, project.id)
    how = f"offline engine on examples/{example} through the whole stack"
    report(f"{example}.same_rows_twice", float(_rows(first) == _rows(second)), "share of two runs", how, 1.0)
    types = {v.name: v.type for v in project_file.spec.variables}
    assert project_file.truth is not None
    names = {document.name for document in api.documents(project.id)}
    comparison = compare(read_truth(project_file.truth, types), first, types, names)
    for variable, score in comparison.scores.items():
        counts = f"{score.wrong} wrong, {score.missed} missed, {score.invented} invented of {score.total}"
        report(f"{example}.accuracy.{variable}", score.right / score.total, "share of cells right", f"{how}: {counts}")
    right, total = (sum(getattr(s, name) for s in comparison.scores.values()) for name in ("right", "total"))
    report(f"{example}.accuracy", right / total, "share of cells right", how)
    matches = Counter(e.evidence.match for e in first if e.value is not None and e.evidence is not None)
    for match in MATCHES:
        share = matches[match] / max(1, matches.total())
        report(f"{example}.evidence.{match.lower()}", share, "share of values", f"{how}: {matches.total()} values")


def _run(api: CoderAI, project_id: str) -> list[Extraction]:
    job = api.start_job(project_id, "FULL", skip_sample=True)
    for _ in api.watch_job(job.id):
        pass
    return list(api.extractions(project_id, job_id=job.id))


def _rows(extractions: Iterable[Extraction]) -> list[tuple[object, ...]]:
    """What a run says, without what names the run."""
    return sorted(
        (e.document_name, e.entity_index, e.variable, repr(e.value), e.confidence, repr(e.evidence), repr(e.flags))
        for e in extractions
    )


if __name__ == "__main__":
    main()
