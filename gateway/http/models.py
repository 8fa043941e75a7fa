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
    create_model,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from coderai.gateway.http.comments import comment_on
from coderai.kit.contract import is_output_only
from coderai.kit.sizes import most
from coderai.kit.wire import STRUCT, VALUE, enum_names, is_time, map_value, to_value

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


Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""RFC 3339, in UTC."""

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
    fields = {f.name: (_field_type(f, reply_model, _REPLY_SCALARS), _described(f)) for f in descriptor.fields}
    return _model(descriptor, descriptor.name, Reply, fields)


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
    return {f.name: (_field_type(f, _input_model, _INPUT_SCALARS), _described(f, default=None)) for f in fields}


def _model(descriptor: Descriptor, name: str, base: type[Any], fields: dict[str, Any]) -> type[Any]:
    documented = comment_on(descriptor.full_name) or None
    module = f"{__name__}.{descriptor.full_name}"
    return create_model(name, __base__=base, __module__=module, __doc__=documented, **fields)


def _described(field: FieldDescriptor, **default: Any) -> Any:
    lines = [comment_on(field.full_name)]
    if field.enum_type is not None:
        lines += _enum_lines(field.enum_type)
    # An absent field has the default that its service gives it, which the contract's comments tell.
    return Field(description="\n".join(lines).strip() or None, json_schema_extra=_drop_default, **default)


def _enum_lines(enum: EnumDescriptor) -> list[str]:
    comments = {enum_names(enum)[v.number]: comment_on(f"{enum.full_name}.{v.name}") for v in enum.values}
    return [f"- {name}: {comment}" for name, comment in comments.items() if comment]


def _drop_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _field_type(field: FieldDescriptor, nested: Callable[[Descriptor], type[Any]], scalars: Mapping[int, Any]) -> Any:
    values = map_value(field)
    if values is not None:
        return dict[str, _element_type(values, nested, scalars)]  # type: ignore[misc]
    element: Any = _element_type(field, nested, scalars)
    is_json = element is AnyJson
    if scalars is _INPUT_SCALARS:
        element = _limited(field, element)
    if field.is_repeated:
        # Answers tell what is stored, however long it is.
        limit = most(field).items if scalars is _INPUT_SCALARS else None
        # One bad element tells enough, and a list of half a million bad ones takes no longer than a list of one.
        return Annotated[list[element], Field(max_length=limit), FailFast()]
    if not is_json and (field.has_presence or field.enum_type is not None):
        return element | None
    return Time | None if is_time(field) else element


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
        return Literal[tuple(filter(None, enum_names(field.enum_type).values()))]
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

AnyJson = Annotated[Any, AfterValidator(_any_json)]
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
