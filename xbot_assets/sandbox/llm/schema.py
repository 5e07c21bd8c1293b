"""Fills a JSON schema with an answer, and refuses the schemas that OpenAI's strict mode refuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from xbot_assets.sandbox.llm.asked import AskedPost

Schema = Mapping[str, Any]
_TEXT_NAMES = ("text", "content", "body", "post", "tweet", "message", "draft")
_NUMBER_NAMES = ("number", "index", "arm", "position", "id", "rank", "n")
_DATE = "2026-01-01"
_FORMATS = {
    "date": _DATE,
    "date-time": f"{_DATE}T09:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com",
}
_MOST_HOPS = 20
"""References followed from one place; more means that they go round in a circle."""
_SMALL_SPAN = 10
"""A number without bounds is drawn from zero to this."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What the values come from: the posts asked for, who writes one, who writes another sentence, the dice."""

    count: int
    post: Callable[[int], AskedPost]
    write: Callable[[int], str]
    sentence: Callable[[], str]
    dice: Random
    definitions: Schema = field(default_factory=dict)


def fill(schema: Schema, filling: Filling, name: str = "", number: int = 0) -> object:
    """Return a value of the schema. ``name`` is the property it is for, ``number`` the post it belongs to."""
    schema = _resolved(schema, filling)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return _choice(schema["enum"], name, filling, number)
    return _typed(schema, filling, name, number)


def strict_problem(schema: object, path: tuple[str, ...] = ()) -> str | None:
    """Return OpenAI's complaint about a schema for strict mode, or None when it is fine."""
    if not isinstance(schema, Mapping):
        return f"In context={path}, schema must be an object."
    if schema.get("type") == "object":
        names = set(schema.get("properties", {}))
        if schema.get("additionalProperties") is not False:
            return f"In context={path}, 'additionalProperties' is required to be supplied and to be false."
        if names != set(schema.get("required", ())):
            return f"In context={path}, 'required' must list every key in properties."
    inner = [*schema.get("properties", {}).items(), *schema.get("$defs", {}).items()]
    inner += [("items", schema["items"])] if "items" in schema else []
    complaints = (strict_problem(part, (*path, str(key))) for key, part in inner)
    return next((complaint for complaint in complaints if complaint), None)


def _resolved(schema: Schema, filling: Filling) -> Schema:
    """Follow references and take the first branch that is not null."""
    for _ in range(_MOST_HOPS):
        branches = schema.get("anyOf") or schema.get("oneOf")
        if "$ref" in schema:
            schema = filling.definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1], {"type": "string"})
        elif branches:
            schema = next((b for b in branches if b.get("type") != "null"), {"type": "null"})
        else:
            break
    return schema


def _typed(schema: Schema, filling: Filling, name: str, number: int) -> object:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    makers: dict[str, Callable[[], object]] = {
        "object": lambda: _object(schema, filling, number),
        "array": lambda: _array(schema, filling, name, number),
        "string": lambda: _string(schema, filling, name, number),
        "integer": lambda: _integer(schema, filling, name, number),
        "number": lambda: round(filling.dice.uniform(*_bounds(schema)), 3),
        "boolean": lambda: filling.dice.random() < 0.5,  # noqa: PLR2004 - an even chance
    }
    return makers[kind]() if kind in makers else None


def _object(schema: Schema, filling: Filling, number: int) -> dict[str, object]:
    return {key: fill(part, filling, key, number) for key, part in schema.get("properties", {}).items()}


def _array(schema: Schema, filling: Filling, name: str, number: int) -> list[object]:
    items = schema.get("items", {"type": "string"})
    own = name.lower().rstrip("s") in _TEXT_NAMES or _resolved(items, filling).get("type") == "object"
    wanted = max(filling.count if own else 2, int(schema.get("minItems", 0)))
    length = min(wanted, int(schema.get("maxItems", wanted)))
    singular = name.rstrip("s") if own else name
    return [fill(items, filling, singular, i if own else number) for i in range(length)]


def _string(schema: Schema, filling: Filling, name: str, number: int) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    described = {"topic": filling.post(number).topic, "format": filling.post(number).format}
    described["tone"] = filling.post(number).tone
    if described.get(name.lower()):
        return described[name.lower()]
    text = filling.write(number) if name.lower() in _TEXT_NAMES else filling.sentence()
    return text[: int(schema.get("maxLength", len(text)))]


def _integer(schema: Schema, filling: Filling, name: str, number: int) -> int:
    low, high = _bounds(schema)
    if name.lower() in _NUMBER_NAMES:
        return int(min(max(low, number + 1), max(high, number + 1)))
    return filling.dice.randint(int(low), int(high))


def _bounds(schema: Schema) -> tuple[float, float]:
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    return float(low), float(schema.get("maximum", schema.get("exclusiveMaximum", low + _SMALL_SPAN)))


def _choice(options: list[object], name: str, filling: Filling, number: int) -> object:
    asked = getattr(filling.post(number), name.lower(), "") if name.lower() in {"topic", "format", "tone"} else ""
    said = next((o for o in options if isinstance(o, str) and asked and o.lower() == asked), None)
    return said if said is not None else filling.dice.choice(options)
