"""The bundle's RO-Crate metadata has what the specifications require.

Rules of RO-Crate 1.2 (root data entity, data entities, profiles) and of Process Run Crate 0.5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.unit.export.bundles import OF_BUNDLE, OTHER_PERSON, Bundle, bundle
from tests.unit.export.datasets import JOB, dataset, document, extraction, variable
from tests.unit.export.everything import everything

Graph = dict[str, dict[str, Any]]


@pytest.fixture(scope="module", params=["dataset", "job"])
def whole(request: pytest.FixtureRequest) -> Bundle:
    return bundle(everything(OF_BUNDLE, job=JOB if request.param == "job" else None))


@pytest.fixture
def graph(whole: Bundle) -> Graph:
    crate = whole.json("ro-crate-metadata.json")
    assert crate["@context"] == "https://w3id.org/ro/crate/1.2/context"
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(entities) == len(crate["@graph"])
    return entities


def references(value: Any) -> Iterator[str]:
    """The ids that a value refers to."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            assert list(one) == ["@id"], "an entity stands inside another"
            yield one["@id"]


def types(entity: dict[str, Any]) -> list[str]:
    found = entity["@type"]
    return found if isinstance(found, list) else [found]


def test_the_descriptor_says_which_specification_it_follows(graph: Graph) -> None:
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}


def test_the_root_has_what_it_must(graph: Graph) -> None:
    root = graph["./"]
    assert types(root) == ["Dataset"]
    assert all(root[name] for name in ("name", "description", "license", "datePublished"))
    assert datetime.fromisoformat(root["datePublished"]).tzinfo


def test_every_file_is_a_part_with_its_size_and_hash(whole: Bundle, graph: Graph) -> None:
    reached, waiting = set[str](), ["./"]
    while waiting:
        found = waiting.pop()
        reached.add(found)
        waiting += references(graph[found].get("hasPart", []))
    files = {path for path, entity in graph.items() if "File" in types(entity)}
    assert files == set(whole.files) - {"ro-crate-metadata.json"}
    assert files <= reached
    for path in files:
        entity = graph[path]
        assert all(entity[name] for name in ("name", "description", "encodingFormat"))
        if path != "manifest-sha256.txt":
            assert entity["contentSize"] == str(len(whole.files[path]))
            assert entity["sha256"] == hashlib.sha256(whole.files[path]).hexdigest()


def test_every_reference_inside_leads_to_an_entity(graph: Graph) -> None:
    outside = ("https://w3id.org/ro/crate/1.2", "http://schema.org/")
    named = {found for entity in graph.values() for value in entity.values() for found in references(value)}
    assert [found for found in named if found not in graph and not found.startswith(outside)] == []


def test_ids_are_uris(graph: Graph) -> None:
    assert [found for found in graph if set(found) & set(' "<>\\^`{|}')] == []


def test_the_profile_is_declared_and_kept(graph: Graph) -> None:
    (profile,) = references(graph["./"]["conformsTo"])
    assert profile == "https://w3id.org/ro/wfrun/process/0.5"
    assert "Profile" in types(graph[profile])
    actions = [entity for entity in graph.values() if "CreateAction" in types(entity)]
    assert {entity["@id"] for entity in actions} <= set(references(graph["./"]["mentions"]))
    for action in actions:
        assert action["name"]
        assert action["result"]
        instruments = list(references(action["instrument"]))
        assert instruments
        assert all("SoftwareApplication" in types(graph[found]) for found in instruments)
    assert graph["#coderai"]["softwareVersion"]


def test_jobs_are_actions_of_their_models(graph: Graph) -> None:
    action = graph["#job-job%201"]
    assert list(references(action["instrument"])) == ["#model-openai%3Asmall", "#coderai"]
    assert (action["startTime"], action["endTime"]) == ("2026-11-21T08:00:00+00:00", "2026-11-21T09:00:00+00:00")
    assert action["actionStatus"] == {"@id": "http://schema.org/FailedActionStatus"}


def test_models_whose_names_differ_in_a_mark_are_two() -> None:
    found = [extraction("place", "Ulm", model=model) for model in ("openai:a/b", "openai:a-b")]
    cells = [document(f"d{number}", extractions=[one]) for number, one in enumerate(found)]
    crate = bundle(dataset([variable("place")], cells)).json("ro-crate-metadata.json")
    ids = [entity["@id"] for entity in crate["@graph"]]
    assert len(ids) == len(set(ids))


def test_people_contributed_and_are_agents_of_the_review(graph: Graph) -> None:
    people = [graph[found]["name"] for found in references(graph["./"]["contributor"])]
    assert people == ["ada@example.org", OTHER_PERSON]
    review = graph["#review"]
    assert [graph[found]["name"] for found in references(review["agent"])] == [OTHER_PERSON, "ada@example.org"]
    assert (review["startTime"], review["endTime"]) == ("2026-11-21T10:00:00+00:00", "2026-11-21T11:00:00+00:00")
