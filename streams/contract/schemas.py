"""JSON Schema (draft 7, what AsyncAPI 3 tools read) of a record's value, from its dataclass and the sentences in it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter

from streams.feedback import Action

Schema = dict[str, Any]

_TIME = {"format": "date-time"}
_COUNT = {"minimum": 0}
# What the types leave open and the writers keep to.
_BOUNDS: dict[str, dict[str, Schema]] = {
    "VerdictRecord": {
        "event_id": {"pattern": "^[0-9a-f]{32}$"},
        "revision": _COUNT,
        "date": _TIME,
        "received_at": _TIME,
        "attachments": _COUNT,
        "size": _COUNT,
        "priority": {"minimum": 0, "maximum": 10},
        "confidence": {"minimum": 0, "maximum": 1},
    },
    "Feedback": {
        "event_id": {"pattern": "^[0-9a-f]{32}$"},
        "at": _TIME,
        "action": {
            "enum": list(get_args(Action)),
        },
    },
    "ReviewRequest": {"importance": {"minimum": 0, "maximum": 100}},
    "Review": {"tokens": _COUNT, "seconds": _COUNT, "reviewed_at": _TIME},
    "Bounds": {"floor": {"minimum": 0, "maximum": 10}, "ceiling": {"minimum": 0, "maximum": 10}},
    "Origin": {"partition": _COUNT, "offset": _COUNT},
    "SenderFacts": {"mails": _COUNT, "important": _COUNT, "junk": _COUNT, "first_seen": _TIME, "last_seen": _TIME},
    "ThreadFacts": {"mails": _COUNT, "top_priority": {"minimum": 0, "maximum": 10}, "last_seen": _TIME},
    "Override": {"at": _TIME, "expires_at": _TIME},
    "AuditEntry": {"at": _TIME, "expires_at": _TIME, "action": {"enum": ["set", "clear", "order", "call"]}},
    "Habit": {
        "shift": {"minimum": -9.5, "maximum": 9.5},
        "lean": {"minimum": -2.0, "maximum": 2.0},
        **dict.fromkeys(("corrections", "doubts", "generation", "replied", "marked", "deleted_unread"), _COUNT),
        **dict.fromkeys(("wrote_before", "wrote"), _COUNT),
    },
    "Answered": {"mails": _COUNT, "replied": _COUNT},
    "Status": {"started_at": _TIME, "at": _TIME},
}

# Fields that records of older programs lack.
_LATER = {
    "VerdictRecord": {"because", "counterfactual"},
    "Habit": {"wrote_before", "wrote"},
    "Habits": {"people"},
}


def schema_of(record: type) -> Schema:
    """The schema of a dataclass's JSON. Every field is required, for writers write all, but for those of `_LATER`;
    readers must accept more."""
    found = TypeAdapter(record).json_schema(mode="serialization", ref_template="#/definitions/{model}")
    definitions: dict[str, Schema] = found.pop("$defs", {})
    types = {kind.__name__: kind for kind in _types(record)}
    for name, definition in ({record.__name__: found} | definitions).items():
        _complete(definition, types[name])
    heading = {"$schema": "http://json-schema.org/draft-07/schema#", "title": record.__name__}
    return heading | found | ({"definitions": dict(sorted(definitions.items()))} if definitions else {})


def _complete(schema: Schema, kind: type) -> None:
    """Add what is written beside the fields, and bounds; drop what says nothing to a reader of the wire."""
    schema["description"] = inspect.cleandoc(kind.__doc__ or "").replace("\n", " ")
    if not is_dataclass(kind):
        return
    sentences = attribute_docstrings(kind)
    later = _LATER.get(kind.__name__, ())
    schema["required"] = [name for name in schema["properties"] if name not in later]
    for name, field in schema["properties"].items():
        for noise in ("title", "default"):
            field.pop(noise, None)
        if "$ref" not in field:  # draft 7 ignores what stands beside a $ref
            field.update(_BOUNDS.get(kind.__name__, {}).get(name, {}))
            field.update({"description": sentences[name]} if name in sentences else {})


def attribute_docstrings(kind: type) -> dict[str, str]:
    """The string below each field of a class, by the field's name."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found: dict[str, str] = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            text = ast.literal_eval(below.value)
            found[field.target.id] = inspect.cleandoc(text).replace("\n", " ")
    return found


def _types(kind: Any) -> set[type]:
    """A dataclass and every dataclass and enumeration within it."""
    if not isinstance(kind, type) or not (is_dataclass(kind) or issubclass(kind, Enum)):
        return set().union(*map(_types, get_args(kind))) if get_args(kind) else set()
    inner = get_type_hints(kind).values() if is_dataclass(kind) else ()
    return {kind}.union(*map(_types, inner))
