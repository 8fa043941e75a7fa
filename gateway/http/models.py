"""Derives Pydantic models from proto descriptors: a field is declared once, in the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, partial
from itertools import islice
from math import isfinite
from typing import Annotated, Any, Literal

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from typing_extensions import TypeAliasType

from coderai.gateway.http.comments import field_comment
from coderai.kit.comments import comment_on
from coderai.kit.contract import is_output_only, is_partial, may_be_absent
from coderai.kit.sizes import most
from coderai.kit.wire import STRUCT, VALUE, enum_names, is_time, map_value, to_value

JSON_VALUE = "JsonValue"
"""What the OpenAPI document calls any JSON value (gateway.http.openapi writes down what that is)."""
_EXACT = 2**53
"""Whole numbers beyond it have no exact double, which is how google.protobuf.Value holds numbers."""
_DEEPEST = 30
"""Levels of a JSON value; gRPC reads messages of up to 100 levels, and each of these takes three."""
_MOST_UNKNOWN = 20
"""Unknown fields of one object that are told of."""
_MOST_MEANT = 3
"""Of these, how many are compared with the fields that there are, which takes a while."""
_LONGEST_NAME = 64
"""Characters of a name that is worth comparing."""


Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""RFC 3339, in UTC."""

Id = Annotated[str, Field(description="Its id.", examples=["0191a000-0000-7000-8000-000000000001"])]
"""Of a reply: the id of what it describes."""
NextPage = Annotated[str, Field(description="Empty: all is listed.")]
"""Of a list that comes whole."""
Made = Annotated[Time, Field(description="When it was made.")]

RoleName = Literal["OWNER", "EDITOR", "VIEWER"]
"""A member's role; each may do all that those after it may."""


class Reply(BaseModel):
    """Base of what the API answers: every field is there."""


class Body(BaseModel):
    """Base of what the API takes as JSON: exact types, and no field that it does not know."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, data: Any) -> Any:
        names = (name for name in data if name not in cls.model_fields) if isinstance(data, Mapping) else ()
        unknown = list(islice(names, _MOST_UNKNOWN))
        if unknown:
            errors = [_unknown(cls, name, index < _MOST_MEANT) for index, name in enumerate(unknown)]
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return data


class Query(Body):
    """Base of what the API takes as query parameters, where everything arrives as text."""

    model_config = ConfigDict(strict=False)


def _unknown(model: type[BaseModel], name: str, with_meant: bool) -> InitErrorDetails:
    meant = get_close_matches(name, model.model_fields, n=1) if with_meant and len(name) <= _LONGEST_NAME else []
    hint = f"; did you mean {meant[0]}?" if meant else ""
    return {
        "type": PydanticCustomError("unknown_field", "there is no such field" + hint),
        "loc": (name,),
        "input": None,
    }


@cache
def reply_model(descriptor: Descriptor) -> type[Reply]:
    """The model of a message as the API answers it."""
    fields = {f.name: (_reply_type(f, may_be_absent(f)), _described(f)) for f in descriptor.fields}
    return _model(descriptor, descriptor.name, Reply, fields)


@cache
def _partial_model(descriptor: Descriptor) -> type[Reply]:
    """The model of a part of a message, which may lack any field that can be absent; also in what the server fills."""
    fields = {f.name: (_reply_type(f, may_be_null(f), is_output_only(f)), _described(f)) for f in descriptor.fields}
    return _model(descriptor, f"Partial{descriptor.name}", Reply, fields)


def may_be_null(field: FieldDescriptor) -> bool:
    """Whether kit.wire writes null for a field that is not set."""
    return not field.is_repeated and (field.has_presence or field.enum_type is not None or is_time(field))


def _reply_type(field: FieldDescriptor, is_absent_at_times: bool, is_in_parts: bool = False) -> Any:
    values = map_value(field)
    if values is not None:
        return dict[str, _reply_element(values, is_in_parts)]  # type: ignore[misc]
    element = _reply_element(field, is_in_parts)
    if field.is_repeated:
        return list[element]  # type: ignore[valid-type]
    return element | None if is_absent_at_times and element is not AnyJson else element


def _reply_element(field: FieldDescriptor, is_in_parts: bool) -> Any:
    if is_time(field):
        return Time
    nested = _partial_model if is_in_parts or is_partial(field) else reply_model
    return _element_type(field, nested, _REPLY_SCALARS)


@cache
def request_model(descriptor: Descriptor, fields: tuple[str, ...], *, name: str, query: bool = False) -> type[Body]:
    """The model of those fields of a message that come as JSON, or as query parameters; `name` as OpenAPI shows it."""
    return _model(descriptor, name, Query if query else Body, _inputs(descriptor, fields))


@cache
def _input_model(descriptor: Descriptor) -> type[Body]:
    """The model of a message inside a request."""
    fields = [field.name for field in descriptor.fields if not is_output_only(field)]
    return _model(descriptor, f"{descriptor.name}Input", Body, _inputs(descriptor, fields))


def _inputs(descriptor: Descriptor, names: Sequence[str]) -> dict[str, Any]:
    fields = [descriptor.fields_by_name[name] for name in names]
    return {f.name: (_input_type(f), _described(f, default=None)) for f in fields}


def _model(descriptor: Descriptor, name: str, base: type[Any], fields: dict[str, Any]) -> type[Any]:
    documented = comment_on(descriptor.full_name) or None
    module = f"{__name__}.{descriptor.full_name}"
    return create_model(name, __base__=base, __module__=module, __doc__=documented, **fields)


def _described(field: FieldDescriptor, **default: Any) -> Any:
    # An absent field has the default that its service gives it, which the contract's comments tell.
    is_enum = field.enum_type is not None and not field.has_presence
    adapted = None if not default else _plain_enum if is_enum else _drop_default
    return Field(description=field_comment(field) or None, json_schema_extra=adapted, **default)


def _drop_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _plain_enum(schema: dict[str, Any]) -> None:
    """Leaves out null, which stands for an enum that is absent where it is, and is refused where one is changed."""
    _drop_default(schema)
    if "anyOf" in schema:
        schema.update(schema.pop("anyOf")[0])


@cache
def _enum_type(enum: EnumDescriptor) -> Any:
    """The short names of an enum, under its name and with what each means."""
    comments = {enum_names(enum)[v.number]: comment_on(f"{enum.full_name}.{v.name}") for v in enum.values}
    lines = [comment_on(enum.full_name), *(f"- {name}: {comment}" for name, comment in comments.items() if comment)]
    names: Any = Literal[tuple(filter(None, enum_names(enum).values()))]
    named: Any = TypeAliasType
    return named(enum.name, Annotated[names, Field(description="\n".join(lines).strip() or None)])


def _input_type(field: FieldDescriptor) -> Any:
    values = map_value(field)
    if values is not None:
        return dict[str, _element_type(values, _input_model, _INPUT_SCALARS)]  # type: ignore[misc]
    element: Any = _element_type(field, _input_model, _INPUT_SCALARS)
    is_json = element is AnyJson
    element = _limited(field, element)
    if field.is_repeated:
        # One bad element tells enough, and a list of half a million bad ones takes no longer than a list of one.
        return Annotated[list[element], Field(max_length=most(field).items), FailFast()]
    return element | None if may_be_null(field) and not is_json else element


def _limited(field: FieldDescriptor, element: Any) -> Any:
    """The type of an input with the most characters or bytes that the contract allows it."""
    if element is Text:
        return Annotated[str, Field(max_length=most(field).characters), AfterValidator(_text)]
    return Annotated[AnyJson, AfterValidator(partial(_at_most, most(field).bytes))] if element is AnyJson else element


def _at_most(limit: int, value: Any) -> Any:
    if (size := to_value(value).ByteSize()) > limit:
        raise PydanticCustomError("too_large", f"the value may have {limit:,} bytes at most, not {size:,}")
    return value


def _element_type(field: FieldDescriptor, nested: Callable[[Descriptor], type[Any]], scalars: Mapping[int, Any]) -> Any:
    if field.enum_type is not None:
        return _enum_type(field.enum_type)
    if field.message_type is None:
        return scalars[field.cpp_type]
    full_name = field.message_type.full_name
    if full_name == VALUE:
        return AnyJson
    return dict[str, AnyJson] if full_name == STRUCT else nested(field.message_type)


def _text(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "text cannot hold the character U+0000")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("surrogate", "half of a surrogate pair is no character") from None
    return text


def _any_json(value: Any, depth: int = 1) -> Any:
    """Checks what the wire or the database could not hold, which the JSON grammar lets pass."""
    if depth > _DEEPEST:
        raise PydanticCustomError("too_deep", "values may be nested 30 levels deep, no more")
    if isinstance(value, str):
        _text(value)
    elif isinstance(value, Mapping):
        for key, element in value.items():
            _text(key)
            _any_json(element, depth + 1)
    elif isinstance(value, list):
        for element in value:
            _any_json(element, depth + 1)
    elif isinstance(value, float) and not isfinite(value):
        raise PydanticCustomError("not_finite", "NaN and infinity are no JSON numbers")
    elif isinstance(value, int) and abs(value) > _EXACT:
        raise PydanticCustomError("inexact", "whole numbers beyond 2^53 would lose digits; send them as text")
    return value


Text = Annotated[str, AfterValidator(_text)]
"""Text that the wire and the database can hold."""

AnyJson = Annotated[Any, AfterValidator(_any_json), WithJsonSchema({"$comment": JSON_VALUE})]
"""Any JSON value."""

_REPLY_SCALARS: Mapping[int, Any] = {
    **dict.fromkeys(
        (
            FieldDescriptor.CPPTYPE_INT32,
            FieldDescriptor.CPPTYPE_INT64,
            FieldDescriptor.CPPTYPE_UINT32,
            FieldDescriptor.CPPTYPE_UINT64,
        ),
        int,
    ),
    **dict.fromkeys((FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT), float),
    FieldDescriptor.CPPTYPE_BOOL: bool,
    FieldDescriptor.CPPTYPE_STRING: str,
}


def _whole(least: int, most: int) -> Any:
    return Annotated[int, Field(ge=least, le=most)]


_INPUT_SCALARS: Mapping[int, Any] = {
    **_REPLY_SCALARS,
    FieldDescriptor.CPPTYPE_INT32: _whole(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: _whole(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: _whole(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: _whole(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_DOUBLE: Annotated[float, Field(allow_inf_nan=False)],
    FieldDescriptor.CPPTYPE_FLOAT: Annotated[float, Field(allow_inf_nan=False)],
    FieldDescriptor.CPPTYPE_STRING: Text,
}
