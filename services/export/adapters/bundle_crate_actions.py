"""Who and what made a bundle, as entities of its RO-Crate: CoderAI, models, people, and what they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from coderai.services.export.adapters.bundle_versions import coderai_version
from coderai.services.export.domain.dataset import Dataset

Entity = dict[str, Any]
_CODERAI = "#coderai"
_STATUSES = {"COMPLETE": "CompletedActionStatus", "FAILED": "FailedActionStatus", "CANCELLED": "FailedActionStatus"}


def references(ids: Iterable[str]) -> list[Entity]:
    """What refers to entities by their ids."""
    return [{"@id": found} for found in ids]


def software(dataset: Dataset) -> Iterator[Entity]:
    """CoderAI, and the models that answered any cell or that a job asked."""
    yield {"@id": _CODERAI, "@type": "SoftwareApplication", "name": "CoderAI", "softwareVersion": coderai_version()}
    answered = {model for quality in dataset.survey.quality.values() for model in quality.models}
    for model in sorted(answered | {job["model"] for job in _jobs(dataset) if job["model"]}):
        yield {"@id": _model_id(model), "@type": "SoftwareApplication", "name": model}


def people(dataset: Dataset) -> list[Entity]:
    """Those who wrote prompts, drew samples or reviewed, by their pseudonyms where the dataset has these."""
    return [{"@id": id, "@type": "Person", "name": name} for name, id in _ids_of_people(dataset).items()]


def actions(dataset: Dataset) -> list[Entity]:
    """The jobs, the oldest first, what people reviewed, and the export."""
    exported: Entity = {
        "@id": "#export",
        "@type": "CreateAction",
        "name": "Export of the dataset",
        "endTime": dataset.generated_at.isoformat(timespec="seconds"),
        "instrument": {"@id": _CODERAI},
        "result": {"@id": "./"},
    }
    return [*map(_job, _jobs(dataset)), *_review(dataset), exported]


def _jobs(dataset: Dataset) -> list[Mapping[str, Any]]:
    return [] if dataset.provenance is None else [run.job for run in dataset.provenance.runs()]


def _job(job: Mapping[str, Any]) -> Entity:
    """A model read the documents and gave the cells."""
    models = [_model_id(job["model"])] if job["model"] else []
    coded = f"{job.get('documents_processed', 0):,} of {job.get('documents_total', 0):,} documents"
    action: Entity = {
        "@id": f"#job-{_fragment(job['id'])}",
        "@type": "CreateAction",
        "name": f"{(job['kind'] or 'One').capitalize()} job",
        "description": f"{coded}; settings, tokens and cost are in provenance/runs.jsonl",
        "instrument": references([*models, _CODERAI]),
        "object": references(["documents.jsonl", "provenance/prompts.jsonl"]),
        "result": {"@id": "data/cells.jsonl"},
    }
    for name, field in (("startTime", "started_at"), ("endTime", "finished_at")):
        if job.get(field):
            action[name] = job[field]
    if job["status"] in _STATUSES:
        action["actionStatus"] = {"@id": f"http://schema.org/{_STATUSES[job['status']]}"}
    return action


def _review(dataset: Dataset) -> Iterator[Entity]:
    """What people said of cells, if they said anything."""
    said = [] if dataset.provenance is None else [(f["author"], f["created_at"]) for f in dataset.provenance.feedback()]
    if said:
        ids = _ids_of_people(dataset)
        yield {
            "@id": "#review",
            "@type": "CreateAction",
            "name": "Review of cells by people",
            "startTime": said[0][1],
            "endTime": said[-1][1],
            "agent": references(ids[author] for author in dict.fromkeys(author for author, _ in said)),
            "instrument": {"@id": _CODERAI},
            "object": {"@id": "data/cells.jsonl"},
            "result": {"@id": "provenance/corrections.jsonl"},
        }


def _ids_of_people(dataset: Dataset) -> Mapping[str, str]:
    return {name: f"#person-{number}" for number, name in enumerate(dataset.people, start=1)}


def _model_id(model: str) -> str:
    return f"#model-{_fragment(model)}"


def _fragment(text: str) -> str:
    """A text as it may stand in an id, where no other text stands so."""
    return quote(text, safe="")
