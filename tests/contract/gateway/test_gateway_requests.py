"""A route's request message: from the path, the JSON body, or a body that fills one field of it."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, field_mask_pb2
from google.protobuf.descriptor import MethodDescriptor
from pydantic import ValidationError

from coderai.contract.v1 import options_pb2
from coderai.gateway.http.requests import RequestBuilder
from coderai.gateway.http.route import Route
from coderai.kit.errors import InvalidInput
from coderai.kit.wire import to_plain

_CONTRACT = {
    "name": "tests/things.proto",
    "package": "tests.things",
    "syntax": "proto3",
    "dependency": [field_mask_pb2.DESCRIPTOR.name, options_pb2.DESCRIPTOR.name],
}
_TEXT, _INT, _ENUM, _MESSAGE = 9, 5, 14, 11


@pytest.fixture(scope="module")
def things() -> Any:
    """A service like the real ones: a thing has parts, a kind, perhaps a size, and an id that the server gives it."""
    file = descriptor_pb2.FileDescriptorProto(**_CONTRACT)
    kind = file.enum_type.add(name="Kind")
    kind.value.add(name="KIND_UNSPECIFIED", number=0)
    kind.value.add(name="KIND_ROUND", number=1)
    part = file.message_type.add(name="Part")
    part.field.add(name="label", number=1, type=_TEXT, label=1)
    part.field.add(name="weight", number=2, type=_INT, label=1).options.Extensions[options_pb2.output_only] = True
    thing = file.message_type.add(name="Thing")
    thing.field.add(name="id", number=1, type=_TEXT, label=1).options.Extensions[options_pb2.output_only] = True
    thing.field.add(name="name", number=2, type=_TEXT, label=1)
    thing.field.add(name="kind", number=3, type=_ENUM, label=1, type_name=".tests.things.Kind")
    thing.field.add(name="size", number=4, type=_INT, label=1, proto3_optional=True, oneof_index=0)
    thing.field.add(name="parts", number=5, type=_MESSAGE, label=3, type_name=".tests.things.Part")
    thing.oneof_decl.add(name="_size")
    create = file.message_type.add(name="CreateThingRequest")
    create.field.add(name="box_id", number=1, type=_TEXT, label=1)
    create.field.add(name="thing", number=2, type=_MESSAGE, label=1, type_name=".tests.things.Thing")
    update = file.message_type.add(name="UpdateThingRequest")
    update.field.add(name="thing_id", number=1, type=_TEXT, label=1)
    update.field.add(name="thing", number=2, type=_MESSAGE, label=1, type_name=".tests.things.Thing")
    mask = f".{field_mask_pb2.FieldMask.DESCRIPTOR.full_name}"
    update.field.add(name="update_mask", number=3, type=_MESSAGE, label=1, type_name=mask)
    service = file.service.add(name="ThingsService")
    for name in ("CreateThing", "UpdateThing"):
        service.method.add(name=name, input_type=f".tests.things.{name}Request", output_type=".tests.things.Thing")
    pool = descriptor_pool.DescriptorPool()
    for known in (field_mask_pb2, descriptor_pb2, options_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName("tests.things.ThingsService")


@pytest.fixture(scope="module")
def create(things: Any) -> RequestBuilder:
    return _builder(Route("POST", "/boxes/{box_id}/things", "", "CreateThing", "", body="thing"), things)


@pytest.fixture(scope="module")
def update(things: Any) -> RequestBuilder:
    return _builder(Route("PATCH", "/things/{thing_id}", "", "UpdateThing", "", body="thing"), things)


def _builder(route: Route, service: Any) -> RequestBuilder:
    method: MethodDescriptor = service.methods_by_name[route.rpc]
    return RequestBuilder(route, method)


def _built(builder: RequestBuilder, path: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    model = builder.model()
    assert model is not None
    return to_plain(builder.message(path, model.model_validate(body)))


def test_the_body_fills_the_field_that_the_route_names(create: RequestBuilder) -> None:
    body = {"name": "ball", "kind": "ROUND", "size": 3, "parts": [{"label": "skin"}]}

    built = _built(create, {"box_id": "b1"}, body)

    assert built["box_id"] == "b1"
    assert built["thing"] == {"id": "", **body, "parts": [{"label": "skin", "weight": 0}]}


def test_without_a_body_the_field_is_there_and_empty(create: RequestBuilder) -> None:
    assert to_plain(create.message({"box_id": "b1"}, None))["thing"]["name"] == ""


def test_an_update_lists_what_its_body_names(update: RequestBuilder) -> None:
    built = _built(update, {"thing_id": "t1"}, {"name": "", "size": None, "parts": []})

    assert built["thing_id"] == "t1"
    assert built["update_mask"] == {"paths": ["name", "size", "parts"]}
    assert "size" not in built["thing"]


def test_an_update_does_not_set_to_null_what_always_has_a_value(update: RequestBuilder) -> None:
    with pytest.raises(InvalidInput) as raised:
        _built(update, {"thing_id": "t1"}, {"kind": None})
    assert list(raised.value.fields) == ["kind"]


@pytest.mark.parametrize("body", [{"id": "x"}, {"parts": [{"label": "skin", "weight": 3}]}, {"thing": {"name": "x"}}])
def test_what_only_the_server_fills_is_refused(create: RequestBuilder, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no such field"):
        _built(create, {"box_id": "b1"}, body)


def test_models_are_named_by_their_request(create: RequestBuilder, update: RequestBuilder) -> None:
    names = [builder.model().__name__ for builder in (create, update)]  # type: ignore[union-attr]

    assert names == ["CreateThingRequest", "UpdateThingRequest"]
