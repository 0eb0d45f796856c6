"""The language as JSON Schema (draft 2020-12), made from the specs of its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from servicerules.grammar import (
    CODE,
    UNIONS,
    Amount,
    Choice,
    Code,
    Day,
    Either,
    Flag,
    Label,
    Many,
    Mapped,
    Moment,
    Number,
    One,
    Spec,
    Text,
    Value,
    Words,
    parts_of,
)
from servicerules.language import RuleSet
from servicerules.writing import as_json

DRAFT = "https://json-schema.org/draft/2020-12/schema"
CODE_PATTERN = f"^{CODE}$"
DECIMAL_PATTERN = r"^-?\d+(\.\d{1,4})?$"
MOMENT_PATTERN = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?$"
VALUE_PATTERN = rf"^({CODE}|-?\d+(\.\d{{1,4}})?)$"
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"


def rule_set_schema() -> dict[str, Any]:
    """The schema of a rule set. What it admits, the reader reads, but for names that stand for nothing, doubles, days
    that no calendar has, and nodes nested too deeply."""
    return schema_of(RuleSet, "A rule set: the rules of one programme")


def schema_of(node: type[Any], title: str) -> dict[str, Any]:
    """The schema of a node, with the nodes in it as definitions."""
    definitions: dict[str, Any] = {}
    _define(node, definitions)
    for union, nodes in UNIONS.items():
        if union in definitions:
            for each in nodes:
                _define(each, definitions)
    return {
        "$schema": DRAFT,
        "title": title,
        "$ref": f"#/$defs/{node.__name__}",
        "$defs": dict(sorted(definitions.items())),
    }


def _define(node: type[Any], definitions: dict[str, Any]) -> None:
    if node.__name__ in definitions:
        return
    found = definitions[node.__name__] = {"type": "object", "additionalProperties": False}
    if node.__doc__:
        found["description"] = " ".join(node.__doc__.split())
    properties = {}
    for part in parts_of(node):
        schema = _spec(part.spec, definitions)
        if not part.required and part.default is None:
            schema = {"anyOf": [schema, {"type": "null"}]}
        elif not part.required:
            schema = {**schema, "default": as_json(part.default)}
        properties[part.word] = schema
    found["properties"] = properties
    if required := [part.word for part in parts_of(node) if part.required]:
        found["required"] = required


def _spec(spec: Spec, definitions: dict[str, Any]) -> dict[str, Any]:
    return _SCHEMAS[type(spec)](spec, definitions)


def _amount(spec: Amount, definitions: dict[str, Any]) -> dict[str, Any]:
    number = {"type": "number", "minimum": spec.low, "maximum": spec.high}
    return {"anyOf": [number, {"type": "string", "pattern": DECIMAL_PATTERN}]}


def _one(spec: One, definitions: dict[str, Any]) -> dict[str, Any]:
    _define(spec.of, definitions)
    return {"$ref": f"#/$defs/{spec.of.__name__}"}


def _either(spec: Either, definitions: dict[str, Any]) -> dict[str, Any]:
    if spec.of not in definitions:
        definitions[spec.of] = {"oneOf": [{"$ref": f"#/$defs/{each.__name__}"} for each in UNIONS[spec.of]]}
        for each in UNIONS[spec.of]:
            _define(each, definitions)
    return {"$ref": f"#/$defs/{spec.of}"}


def _many(spec: Many, definitions: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _spec(spec.of, definitions), "minItems": spec.least, "maxItems": spec.most}


def _mapped(spec: Mapped, definitions: dict[str, Any]) -> dict[str, Any]:
    names = {"pattern": CODE_PATTERN}
    return {"type": "object", "propertyNames": names, "additionalProperties": _spec(spec.of, definitions)}


_TEXT = {"type": "string", "minLength": 1, "maxLength": 400}
_SCHEMAS: Mapping[type[Spec], Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    Number: lambda spec, _: {"type": "integer", "minimum": spec.low, "maximum": spec.high},
    Amount: _amount,
    Flag: lambda spec, _: {"type": "boolean"},
    Choice: lambda spec, _: {"enum": list(spec.words)},
    Code: lambda spec, _: {"type": "string", "pattern": CODE_PATTERN},
    Text: lambda spec, _: {"type": "string", "minLength": 1, "maxLength": spec.most},
    Day: lambda spec, _: {"type": "string", "pattern": DAY_PATTERN},
    Moment: lambda spec, _: {"type": "string", "pattern": MOMENT_PATTERN},
    Label: lambda spec, _: {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 1, "maxLength": 60}]},
    Value: lambda spec, _: {"anyOf": [{"type": ["number", "boolean"]}, {"type": "string", "pattern": VALUE_PATTERN}]},
    Words: lambda spec, _: {"type": "object", "properties": {"zh": _TEXT, "en": _TEXT}, "additionalProperties": False},
    Mapped: _mapped,
    Many: _many,
    One: _one,
    Either: _either,
}
