"""What was sent, against the JSON Schema of its declaration: the few keywords that the declarations use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infra.errors import Permanent

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float),
}  # fmt: skip


class NotAllowed(Permanent):
    """It does not follow the declaration; the message names the place."""


def checked(given: Mapping[str, Any], schema: Mapping[str, Any], place: str) -> None:
    """Compare an object with its schema.

    Raises:
        NotAllowed
    """
    properties = schema["properties"]
    if missing := [name for name in schema.get("required", ()) if name not in given]:
        raise NotAllowed(f"missing {place}: {', '.join(missing)}")
    if unknown := sorted(set(given) - set(properties)):
        raise NotAllowed(f"unknown {place}: {', '.join(map(repr, unknown))[:200]}")
    for name, value in given.items():
        if complaint := _complaint(value, properties[name]):
            raise NotAllowed(f"{place} {name}: {complaint}")


def integer_text(text: str, schema: Mapping[str, Any]) -> str | int:
    """A query parameter as the kind that its schema wants, or as it is when it is none."""
    if schema.get("type") != "integer":
        return text
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def _complaint(value: object, schema: Mapping[str, Any]) -> str:
    if "oneOf" in schema:
        fits = any(not _complaint(value, one) for one in schema["oneOf"])
        return "" if fits else f"should be one of {', '.join(one['type'] for one in schema['oneOf'])}"
    wanted = schema["type"]
    if wanted == "integer" and isinstance(value, float) and value.is_integer():
        value = int(value)  # as JSON Schema has it: 1.0 is an integer
    if not isinstance(value, _KINDS[wanted]) or (isinstance(value, bool) and wanted != "boolean"):
        return f"should be of type {wanted}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            return f"should have at most {schema['maxLength']} characters"
        if "enum" in schema and value not in schema["enum"]:
            return f"should be one of {', '.join(schema['enum'])}"
        if "pattern" in schema and not re.fullmatch(schema["pattern"], value):  # ours are of the whole text
            return f"should match {schema['pattern']}"
    elif isinstance(value, (int, float)) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return f"should be {schema['minimum']} to {schema['maximum']}"
    return ""
