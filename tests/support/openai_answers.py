"""Plausible, repeatable answers to any JSON Schema, with quotes taken from the prompt's document.

Nothing here understands a text: the answers have the right shape and size, which is what tests and benchmarks of the
plumbing need. A test that depends on values gives the server its own `answer`.
"""

import json
import re
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Schema = dict[str, Any]

QUOTE_LIMIT = 200
NULL_SHARE = 0.2
"""Of the properties that may be null or an empty list, how many are."""

_DELIMITED = re.compile(
    r"<((?:document|passage|text|chunk)(?:-\w+)?)\b[^>]*>\s*(.*?)\s*</\1>", re.DOTALL | re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,9}(?![\w.,]\d)")


@dataclass(frozen=True, slots=True)
class Answerer:
    """Fills schemas from one document: the same document, schema and path always give the same value."""

    document: str
    definitions: dict[str, Schema] = field(default_factory=dict)

    def fill(self, schema: Schema, path: str = "") -> Any:
        """A value that `schema` allows; `path` is where it stands in the answer ("/injured/0/quote")."""
        if "$ref" in schema:
            return self.fill(self.definitions[schema["$ref"].rsplit("/", 1)[-1]], path)
        if "const" in schema:
            return schema["const"]
        if "allOf" in schema:
            return self.fill({key: value for part in schema["allOf"] for key, value in part.items()}, path)
        options = schema.get("anyOf") or schema.get("oneOf") or _options_by_type(schema)
        if options:
            return self._fill_one_of(options, path)
        if "enum" in schema:
            values = [value for value in schema["enum"] if value is not None]
            return values[self._draw(path) % len(values)] if values else None
        return self._fill_type(schema, path)

    def _fill_one_of(self, options: list[Schema], path: str) -> Any:
        stated = [option for option in options if not _is_null(option)]
        if not stated or (len(stated) < len(options) and self.leaves_out(path)):
            return None
        return self.fill(stated[0], path)

    def _fill_type(self, schema: Schema, path: str) -> Any:
        match schema.get("type", "object" if "properties" in schema else "string"):
            case "object":
                return {name: self.fill(part, f"{path}/{name}") for name, part in schema.get("properties", {}).items()}
            case "array":
                least = schema.get("minItems", 0)
                count = least or int(schema.get("maxItems", 1) > 0 and not self.leaves_out(path))
                return [self.fill(schema.get("items", {}), f"{path}/{index}") for index in range(count)]
            case "boolean":
                return self._draw(path) % 2 == 0
            case "integer" | "number" as kind:
                return self._number(schema, path, kind)
            case "null":
                return None
            case _:
                return self._string(schema, path)

    def _number(self, schema: Schema, path: str, kind: str) -> float | int:
        if path.endswith("confidence"):
            return 0.75 + self._draw(path) % 25 / 100
        stated = _NUMBER.search(self._sentence(path))
        value = int(stated.group()) if stated else self._draw(path) % 100
        value = max(value, schema.get("minimum", value))
        value = min(value, schema.get("maximum", value))
        return int(value) if kind == "integer" else value

    def _string(self, schema: Schema, path: str) -> str:
        if schema.get("format") == "date" or "date" in path.rsplit("/", 1)[-1]:
            draw = self._draw(path)
            return f"{2000 + draw % 25}-{draw % 12 + 1:02}-{draw % 28 + 1:02}"
        sentence = self._sentence(path)
        text = sentence if path.endswith("quote") else " ".join(sentence.split()[:4])
        return text[: schema.get("maxLength", QUOTE_LIMIT)].strip()

    def _sentence(self, path: str) -> str:
        """The same sentence for all the parts of one value, so that its quote states it."""
        sentences = sentences_of(self.document)
        return sentences[self._draw(path.rsplit("/", 1)[0]) % len(sentences)] if sentences else ""

    def leaves_out(self, path: str) -> bool:
        """Whether what stands at this path is left out."""
        return self._draw(path) % 100 < NULL_SHARE * 100

    def _draw(self, path: str) -> int:
        return zlib.crc32(f"{path}|{len(self.document)}|{self.document[:200]}".encode())


def answer_by_schema(body: dict[str, Any]) -> dict[str, Any] | str:
    """The server's default answer: fills the schema that the request asks for; without one, a short sentence."""
    schema = requested_schema(body)
    document = document_of(body)
    if schema is None:
        wants_json = requested_format(body).get("type") == "json_object"
        return {"answer": document[:40]} if wants_json else f"You wrote: {document[:60]}"
    answerer = Answerer(document, schema.get("$defs") or schema.get("definitions") or {})
    if "findings" in schema.get("properties", {}):
        return _findings(answerer, schema["properties"]["findings"]["items"], "\n".join(messages_of(body)))
    filled: dict[str, Any] = answerer.fill(schema)
    return filled


def _findings(answerer: Answerer, finding: Schema, prompt: str) -> dict[str, Any]:
    """One finding a variable, or its name among those not stated; values are of the type that the prompt asks for."""
    found, not_stated = [], []
    for name in finding["properties"]["variable"]["enum"]:
        if answerer.leaves_out(f"/{name}"):
            not_stated.append(name)
        else:
            value = _asked_type(name, prompt) or finding["properties"]["value"]
            parts = {**finding["properties"], "variable": {"const": name}, "value": value}
            found.append(answerer.fill({**finding, "properties": parts}, f"/{name}/0"))
    return {"findings": found, "not_stated": not_stated}


def _asked_type(name: str, prompt: str) -> Schema | None:
    """The type that a variable's own lines in the prompt ask for, if they do."""
    _, _, rest = prompt.partition(f"\n[{name}]")
    lines = re.split(r"\n\[|\n</", rest)[0]
    first, _, listed = lines.partition("Exactly one of:")[2].partition("\n")
    categories = first.split("|") if first.strip() else re.findall(r"^ +- (.+?)(?::|$)", listed, re.MULTILINE)
    if categories:
        return {"enum": [category.strip() for category in categories]}
    kinds = {"(number)": "number", "(true or false)": "boolean", "(date)": "string"}
    found = next((kind for mark, kind in kinds.items() if mark in lines.partition("\n")[0]), None)
    return None if found is None else {"type": found, **({"format": "date"} if "(date)" in lines else {})}


def requested_schema(body: dict[str, Any]) -> Schema | None:
    """The JSON Schema of the answer wanted: of the response format or of the tool that is to be called, if any."""
    tool = requested_tool(body)
    wanted = requested_format(body)
    schema: Schema | None = (wanted.get("json_schema") or wanted).get("schema")
    return schema if tool is None else tool.get("parameters", {"type": "object", "properties": {}})


def requested_format(body: dict[str, Any]) -> dict[str, Any]:
    """The response format of a chat-completions or a responses request; empty when none is asked for."""
    wanted: dict[str, Any] = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    return wanted


def requested_tool(body: dict[str, Any]) -> dict[str, Any] | None:
    """The function that the answer calls: the one chosen, or the first while none has been called yet."""
    functions: list[dict[str, Any]] = [
        tool.get("function") or tool for tool in body.get("tools") or () if tool["type"] == "function"
    ]
    choice = body.get("tool_choice", "auto")
    if not functions or choice == "none" or (choice == "auto" and _has_tool_result(body)):
        return None
    if isinstance(choice, str):
        return functions[0]
    name = (choice.get("function") or choice).get("name")
    return next((function for function in functions if function["name"] == name), functions[0])


def messages_of(body: dict[str, Any]) -> list[str]:
    """The prompt's texts in order, of a chat-completions or a responses request."""
    inputs = body.get("messages") or body.get("input") or []
    items = [{"content": inputs}] if isinstance(inputs, str) else inputs
    instructions = [body["instructions"]] if body.get("instructions") else []
    return instructions + [_text_of(item) for item in items]


def document_of(body: dict[str, Any]) -> str:
    """The document in the prompt: what stands between <document> tags (or the like), or else the longest message."""
    messages = messages_of(body)
    delimited = [match.group(2) for message in messages for match in _DELIMITED.finditer(message)]
    return max(delimited or messages or [""], key=len)


@lru_cache(maxsize=256)
def sentences_of(document: str) -> tuple[str, ...]:
    """The document's sentences, cut to the length of a quote; each stands in it verbatim."""
    parts = (part.strip()[:QUOTE_LIMIT].strip() for part in _SENTENCE_END.split(document))
    return tuple(part for part in parts if part)


def _options_by_type(schema: Schema) -> list[Schema] | None:
    """`{"type": ["array", "null"], ...}` as the options that it stands for."""
    types = schema.get("type")
    return [{**schema, "type": one} for one in types] if isinstance(types, list) else None


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null" or ("const" in schema and schema["const"] is None)


def _has_tool_result(body: dict[str, Any]) -> bool:
    inputs = body.get("messages") or body.get("input") or []
    return any(
        isinstance(item, dict) and (item.get("role") == "tool" or item.get("type") == "function_call_output")
        for item in inputs
    )


def _text_of(item: dict[str, Any]) -> str:
    content = item.get("content") or item.get("output") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" if isinstance(part, dict) else json.dumps(part) for part in content)
