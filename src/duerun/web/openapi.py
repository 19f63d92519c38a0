"""The OpenAPI 3.1 document, assembled from the route table and the structs that the handlers answer with.

What a call takes in its body is read by hand, field by field: where the route table names no struct for it, a body is
any object. A form tells arrays as `name[]=value`, which cannot be said here, so the body of a form is any object.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NoReturn, get_args, get_type_hints

import msgspec
from starlette.responses import Response

from duerun import __version__
from duerun.domain.lists import LIMIT_DEFAULT, LIMIT_MAX
from duerun.web.multipart import FileKind
from duerun.web.omise.call import Endpoint
from duerun.web.omise.errors import ErrorObject
from duerun.web.omise.expand import REFERENCES
from duerun.web.omise.idempotency import KEY_CHARACTERS_MAX, METHODS
from duerun.web.omise.lists import ORDERS
from duerun.web.omise.search import (
    NEWEST_FIRST,
    PAGE_MAX,
    PER_PAGE_DEFAULT,
    QUERY_CHARS_MAX,
    SCOPES,
    WireSearch,
)
from duerun.web.omise.wire import SERVED_AS, WireList

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
REFERENCE = "#/components/schemas/{name}"
DESCRIPTION = (
    "Schedules, their occurrences, bulk files and the objects around them, compatible with Omise's API. "
    "The key is the user name of HTTP Basic; the password is empty. Every error is an error object."
)

_NAME = re.compile(r"\{(\w+)\}")
_WITH_BODY = frozenset({"POST", "PATCH"})
_KEY_HEADER = "Idempotency-Key"

Schema = dict[str, Any]
# What stands in the place of a reference when `expand` asks for it.
EXPANDED: Schema = {"type": "object", "properties": {"object": {"type": "string"}, "id": {"type": "string"}}}


def document(endpoints: Sequence[Endpoint]) -> Schema:
    """The document of these endpoints, as the members of its JSON object."""
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, endpoints)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Duerun", "version": __version__, "description": DESCRIPTION},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
            "parameters": {"version": _version_header(), "key": _key_header(), "expand": _expand()}
            | _list_parameters()
            | _search_parameters(),
            "schemas": _schemas(endpoints),
        },
    }


def encode(endpoints: Sequence[Endpoint]) -> bytes:
    """The document as JSON text."""
    return msgspec.json.encode(document(endpoints))


def answer_of(endpoint: Endpoint) -> Any:
    """The type that a handler says it answers with."""
    return get_type_hints(endpoint.handler)["return"]


def item_of(endpoint: Endpoint, endpoints: Sequence[Endpoint]) -> Any:
    """What stands in a list: the answer of GET on one of the objects that its last or first word names."""
    words = endpoint.path.split("/")
    for word in (words[-1], words[1]):
        one = re.compile(rf"/{word}/\{{\w+\}}$")
        for each in endpoints:
            if each.method == "GET" and one.search(each.path):
                return answer_of(each)
    raise LookupError(f"no call answers one object of {endpoint.path}")


def _operation(endpoint: Endpoint, endpoints: Sequence[Endpoint]) -> Schema:
    refusal = {"description": "A refusal.", "content": {JSON_TYPE: {"schema": _ref(ErrorObject)}}}
    responses: Schema = {"default": refusal}
    if answer_of(endpoint) is not NoReturn:
        answer = {"description": "The answer.", "content": _content(endpoint, endpoints)}
        responses = {"200": answer} | responses
    operation = {
        "operationId": _operation_id(endpoint),
        "tags": [endpoint.handler.__module__.rsplit(".", 1)[1]],
        "parameters": _parameters(endpoint),
        "responses": responses,
    }
    has_body = endpoint.method in _WITH_BODY or endpoint.body is not None
    return operation | ({"requestBody": _body(endpoint)} if has_body else {})


def _operation_id(endpoint: Endpoint) -> str:
    words = _NAME.sub(r"by_\1", endpoint.path).strip("/").replace("/", "_")
    return f"{endpoint.method.lower()}_{words}"


def _parameters(endpoint: Endpoint) -> list[Schema]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _NAME.findall(endpoint.path)
    ]
    answer = answer_of(endpoint)
    own = [
        {"name": each.name, "in": "query", "description": each.description, "schema": dict(each.schema)}
        for each in endpoint.query
    ]
    shared = [
        "version",
        *(["key"] if endpoint.method in METHODS else ()),
        *(_list_parameters() if answer is WireList else ()),
    ]
    if answer is WireSearch:
        shared += _search_parameters()
    if endpoint.method == "GET" and _refers(answer):
        shared.append("expand")
    return in_path + own + [{"$ref": f"#/components/parameters/{name}"} for name in shared]


def _list_parameters() -> dict[str, Schema]:
    schemas: dict[str, Schema] = {
        "limit": {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT},
        "offset": {"type": "integer", "minimum": 0, "default": 0},
        "order": {"type": "string", "enum": list(ORDERS), "default": "chronological"},
        "from": {"type": "string", "description": "Created at or after this date or datetime."},
        "to": {"type": "string", "description": "Created before this date or datetime."},
    }
    return {name: {"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()}


def _search_parameters() -> dict[str, Schema]:
    filters = {
        "description": "Conditions of the scope, as `filters[name]=value`.",
        "style": "deepObject",
        "schema": {"type": "object"},
    }
    schemas: dict[str, Schema] = {
        "scope": {"type": "string", "enum": [*SCOPES], "description": "Required in `/search`."},
        "query": {"type": "string", "maxLength": QUERY_CHARS_MAX},
        "search_order": {"type": "string", "enum": list(ORDERS), "default": NEWEST_FIRST},
        "page": {"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": 1},
        "per_page": {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": PER_PAGE_DEFAULT},
    }
    named = {
        key: {"name": key.removeprefix("search_"), "in": "query", "schema": each}
        for key, each in schemas.items()
    }
    return named | {"filters": {"name": "filters", "in": "query", **filters}}


def _refers(answer: Any) -> bool:
    """Whether an answer names other objects that `expand` can put in their place."""
    members = {
        name for each in get_args(answer) or (answer,) for name in getattr(each, "__struct_fields__", ())
    }
    return bool(members & {*REFERENCES, "data"})


def _expand() -> Schema:
    told = f"With `true` the members {', '.join(REFERENCES)} are objects instead of ids."
    return {
        "name": "expand",
        "in": "query",
        "description": told,
        "schema": {"type": "boolean", "default": False},
    }


def _version_header() -> Schema:
    return {"name": "Omise-Version", "in": "header", "schema": {"type": "string", "enum": list(SERVED_AS)}}


def _key_header() -> Schema:
    schema = {"type": "string", "minLength": 1, "maxLength": KEY_CHARACTERS_MAX}
    told = "The same key again gets the first answer, and takes effect once."
    return {"name": _KEY_HEADER, "in": "header", "description": told, "schema": schema}


def _body(endpoint: Endpoint) -> Schema:
    """JSON or a form; a handler that reads the body itself takes one file, and fields beside it."""
    if endpoint.raw:
        fields = {each.name: dict(each.schema) | {"description": each.description} for each in endpoint.query}
        upload = {
            "type": "object",
            "properties": fields | {"file": {"type": "string"}},
            "required": ["file"],
        }
        types = {"file": {"contentType": ", ".join(kind.value for kind in FileKind)}}
        return {"required": True, "content": {"multipart/form-data": {"schema": upload, "encoding": types}}}
    anything = {"schema": {"type": "object"}}
    if endpoint.body is None:
        return {"content": {JSON_TYPE: anything, FORM_TYPE: anything}}
    is_needed = any(field.required for field in msgspec.structs.fields(endpoint.body))
    content = {JSON_TYPE: {"schema": _ref(endpoint.body)}, FORM_TYPE: anything}
    return {"content": content} | ({"required": True} if is_needed else {})


def _content(endpoint: Endpoint, endpoints: Sequence[Endpoint]) -> Schema:
    answer = answer_of(endpoint)
    if answer is Response:
        return {each: {"schema": {"type": "string"}} for each in endpoint.types}
    if answer is not WireList:
        return {JSON_TYPE: {"schema": _ref(answer)}}
    item = item_of(endpoint, endpoints)
    if item is NoReturn:
        return {JSON_TYPE: {"schema": _ref(WireList)}}
    items = {"properties": {"data": {"type": "array", "items": _ref(item)}}}
    return {JSON_TYPE: {"schema": {"allOf": [_ref(WireList), items]}}}


def _ref(answer: Any) -> Schema:
    kinds = [{"$ref": REFERENCE.format(name=each.__name__)} for each in get_args(answer) or (answer,)]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _schemas(endpoints: Sequence[Endpoint]) -> dict[str, Schema]:
    answers = [answer for each in endpoints if (answer := answer_of(each)) is not Response]
    structs = {each for answer in (*answers, ErrorObject) for each in _structs(answer)}
    bodies = {each.body for each in endpoints if each.body is not None}
    _, schemas = msgspec.json.schema_components(structs | bodies, ref_template=REFERENCE)
    for struct in structs:
        _tell_answer(schemas[struct.__name__], struct)
    return dict(sorted(schemas.items()))


def _structs(type_: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs that a type is made of, itself among them."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        yield type_
        for field in msgspec.structs.fields(type_):
            yield from _structs(field.type)
    for part in get_args(type_):
        yield from _structs(part)


def _tell_answer(schema: Schema, struct: type[msgspec.Struct]) -> None:
    """An answer has all its members, also those with a default; its object name and its moments are told."""
    properties: dict[str, Schema] = schema["properties"]
    kind = properties.get("object", {})
    if isinstance(kind.get("default"), str):
        kind["const"] = kind.pop("default")
        schema["required"] = ["object", *schema["required"]]
    told = [name for name, each in properties.items() if "default" in each]
    schema["required"] = [*schema.get("required", ()), *told]
    for field in msgspec.structs.fields(struct):
        if datetime in (field.type, *get_args(field.type)):
            properties[field.encode_name] = _as_moment(properties[field.encode_name])
    for name in REFERENCES:
        if name in properties and _is_text(properties[name]):
            properties[name] = {"anyOf": [properties[name], EXPANDED]}


def _is_text(schema: Schema) -> bool:
    """Whether a member is the id of another object, or null where there is none."""
    kinds = [each.get("type") for each in schema.get("anyOf", (schema,))]
    return "string" in kinds and set(kinds) <= {"string", "null"}


def _as_moment(schema: Schema) -> Schema:
    """Texts of a datetime get their format."""
    if schema.get("type") == "string":
        return schema | {"format": "date-time"}
    kinds = [_as_moment(each) for each in schema.get("anyOf", ())]
    return schema | {"anyOf": kinds} if kinds else schema
