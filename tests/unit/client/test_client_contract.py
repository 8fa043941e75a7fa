"""What the client sends is what the gateway's routes take, and what they answer is what it reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from google.protobuf.message_factory import GetMessageClass

from coderai.client.api import CoderAI
from coderai.gateway.http.requests import RequestBuilder
from coderai.gateway.http.route import Route
from coderai.gateway.http.routes import ROUTES
from coderai.gateway.peers import SERVICES
from coderai.kit.contract import rpc_of
from coderai.kit.wire import to_plain
from coderai.messages.requests import CellFeedback

WITH_CALLS = ("dataset", "review", "quality", "proposals", "templates", "setup", "personal")
"""Services whose every route has a call."""
FEEDBACK = CellFeedback(extraction_id="x", verdict="INCORRECT", missing_reason="NOT_STATED", note="said elsewhere")

CALLS: list[Callable[[CoderAI], object]] = [
    lambda api: list(api.dataset_rows("p", filter=["size>3", "any.stale=true"], sort="-size", variables=["size"])),
    lambda api: api.dataset_page("p", filter=["size>3"], offset=50),
    lambda api: api.facets("p", variables=["size", "place"], top=20),
    lambda api: api.dataset_statistics("p"),
    lambda api: api.staleness("p", other_model=True),
    lambda api: api.estimate_renewal("p", variables=["size"]),
    lambda api: api.renew("p", variables=["size"], other_model=True),
    lambda api: list(api.units("p", document_id="d", state="LOST")),
    lambda api: api.add_unit("p", "d", "MV Corvina", quote="the Corvina", note="missed"),
    lambda api: api.remove_unit("u", note="a rumour"),
    lambda api: api.merge_units("u", ["v", "w"]),
    lambda api: api.split_unit("u", [{"text": "Alma"}, {"text": "Boreas", "quote": "the tug"}]),
    lambda api: list(api.unit_changes("p", document_id="d")),
    lambda api: api.undo_unit_change("c"),
    lambda api: api.give_feedback("x", "INCORRECT", corrected_value=250, quote="about 250", is_final=True),
    lambda api: api.give_feedback("x", "PARTIALLY_CORRECT", missing_reason="VAGUE", sample_id="s", note="n"),
    lambda api: api.give_feedback_batch("p", [FEEDBACK, CellFeedback(unit_id="u", variable="size", verdict="CORRECT")]),
    lambda api: api.accept_all("p", ["size"], filter=["size.confidence>=0.9"], note="looked through"),
    lambda api: list(api.cell_feedback("x")),
    lambda api: list(api.feedback("p", variable="size", author="a", verdict="CORRECT", split="DEV", standing=True)),
    lambda api: api.undo_feedback("f"),
    lambda api: list(api.review_queue("p", "REPAIR", variable="size", disputed=True)),
    lambda api: list(api.review_queue("p", "MEASURE", sample_id="s", judged=True)),
    lambda api: api.review_page("p", "MEASURE", sample_id="s"),
    lambda api: api.draw_review_sample("p", 50, design="UNIFORM", variables=["size"], blind=True, seed=0),
    lambda api: list(api.review_samples("p")),
    lambda api: api.quality("p", variables=["size"]),
    lambda api: api.import_gold("p", "document,size\na.txt,3\n", split="TEST"),
    lambda api: api.gold_from_review("p", split="DEV"),
    lambda api: list(api.gold("p", split="TEST", variable="size")),
    lambda api: api.gold_counts("p"),
    lambda api: api.score_against_gold("p", "TEST", job_id="j"),
    lambda api: api.create_refinement("v", hint="expected is not present"),
    lambda api: list(api.refinements("v")),
    lambda api: api.refinement("r"),
    lambda api: api.estimate_try("r", 2),
    lambda api: api.try_refinement("r", 2),
    lambda api: api.apply_refinement("r", 2),
    lambda api: api.reject_refinement("r"),
    lambda api: list(api.proposals("p", status="PROPOSED")),
    lambda api: api.proposal("p"),
    lambda api: api.apply_proposal("p"),
    lambda api: api.reject_proposal("p"),
    lambda api: api.prompts("v"),
    lambda api: api.update_variable("v", instructions="How many were there?", if_multiple_values="ALL"),
    lambda api: api.extraction("x"),
    lambda api: list(api.extractions("p", variable="size", min_confidence=0.5)),
    lambda api: api.start_job("p", "FULL", variables=["size"], skip_sample=True, leave_out_current=True),
    lambda api: api.estimate_job("p", "FULL", document_ids=["d"], verify="ALL", leave_out_current=True),
    lambda api: list(api.jobs("p")),
    lambda api: api.delete_variable("v"),
    lambda api: api.reorder_variables("p", ["v", "w"]),
    lambda api: api.create_export("p", "CSV", confidence=True, delimiter=";", categories_as="CODES", name="strikes"),
    lambda api: api.create_export("p", "SAV", job_id="j", layout="LONG", variables=["size"], statuses=["FLAGGED"]),
    lambda api: api.create_export("p", "CSV", filter=["size>3", "any.stale=true"]),
    lambda api: list(api.exports("p")),
    lambda api: list(api.count_documents(["p", "q"])),
    lambda api: list(api.project_activity(["p", "q"])),
    lambda api: api.mark_seen("p"),
    lambda api: list(api.views("p")),
    lambda api: api.create_view("p", "Large", filter=["size>3"], sort="-size", columns=[{"column": "document"}]),
    lambda api: api.update_view("v", name="Larger"),
    lambda api: api.delete_view("v"),
    lambda api: api.export("e"),
    lambda api: api.write_prompt("v", text="Count them.", temperature=0.2),
    lambda api: api.save_template("Strikes", project_id="p", description="For strikes."),
    lambda api: api.save_template("Strikes", yaml="variables: []"),
    lambda api: list(api.templates()),
    lambda api: api.template("news-events"),
    lambda api: api.delete_template("t"),
    lambda api: api.preview_template("p", "news-events"),
    lambda api: api.apply_template("p", "t", if_name_taken="SKIP"),
    lambda api: api.setup("p"),
    lambda api: api.propose_step("p", "UNIT", hint="who was hurt"),
    lambda api: api.accept_step("p", "UNIT", context={"unit": {"row_is": "one vessel"}}),
    lambda api: api.skip_step("p", "REVIEW"),
    lambda api: api.suggest_variables("p", hint="who was hurt", limit=3),
    lambda api: api.suggest_unit("p"),
    lambda api: api.suggest_categories("p", "v"),
    lambda api: api.suggest_instructions("v", hint="shorter"),
    lambda api: api.review_schema("p"),
    lambda api: api.check_model("p"),
]


class Gateway:
    """The gateway's reading of requests, with empty answers in place of the services'."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.waits: dict[str, tuple[float, float]] = {}
        """By RPC: the seconds that the client waits for an answer, and those that the contract gives the call."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        route, path = _route(request.method, request.url.path)
        rpc = SERVICES[route.service].methods_by_name[route.rpc]
        builder = RequestBuilder(route, rpc)
        model, given = builder.model(), _given(request)
        assert model is not None or not given, (route.rpc, given)
        builder.message(path, model.model_validate(given) if model is not None else None)
        self.called.append(route.rpc)
        self.waits[route.rpc] = (request.extensions["timeout"]["read"], rpc_of(rpc).seconds)
        alone = rpc.output_type.fields[0] if len(rpc.output_type.fields) == 1 else None
        is_shown_itself = alone is not None and alone.message_type is not None and not alone.is_repeated
        shown = alone.message_type if is_shown_itself else rpc.output_type
        return httpx.Response(route.status, json=to_plain(GetMessageClass(shown)(), nulls=True))


def _route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        found = re.fullmatch("/v1" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path), path)
        if found and route.method == method:
            return route, found.groupdict()
    raise AssertionError(f"no route takes {method} {path}")


def _given(request: httpx.Request) -> dict[str, object]:
    """The body, or the query: of what may be repeated all, as FastAPI reads it."""
    if request.method != "GET":
        return json.loads(request.content) if request.content else {}
    several = {"filter", "variables", "project_ids"}
    names = request.url.params.keys()
    return {n: request.url.params.get_list(n) if n in several else request.url.params[n] for n in names}


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def client(gateway: Gateway) -> Iterator[CoderAI]:
    with CoderAI("http://gateway", token="t") as api:
        base = api._session.http.base_url
        api._session.http.close()
        api._session.http = httpx.Client(transport=httpx.MockTransport(gateway.answer), base_url=base)
        yield api


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_call_is_one_that_a_route_takes(client: CoderAI, gateway: Gateway, number: int) -> None:
    CALLS[number](client)
    assert len(gateway.called) == 1


def test_every_route_of_these_services_has_a_call(client: CoderAI, gateway: Gateway) -> None:
    for call in CALLS:
        call(client)
    wanted = {r.rpc for r in ROUTES if r.service in WITH_CALLS or "refinements" in r.path}
    assert wanted <= set(gateway.called)


def test_an_answer_is_waited_for_as_long_as_the_contract_gives_the_call(client: CoderAI, gateway: Gateway) -> None:
    for call in CALLS:
        call(client)
    slow = {r.rpc for r in ROUTES if rpc_of(SERVICES[r.service].methods_by_name[r.rpc]).seconds}
    assert slow <= set(gateway.called)
    assert [rpc for rpc, (waits, seconds) in gateway.waits.items() if waits <= seconds] == []
