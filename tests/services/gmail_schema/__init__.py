"""What Google publishes of Gmail v1, as far as we use it: `check(method, body)` holds an answer against it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

FILE = Path(__file__).with_name("gmail.v1.json")


@cache
def published() -> dict[str, Any]:
    """The derived document: `methods` by name (path, parameters, scopes, response), `parameters` of all methods, and `$defs` of the responses."""
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document


def check(method: str, body: object) -> None:
    """Raise jsonschema.ValidationError unless the body is a valid answer of this method (`users.messages.get`)."""
    schema = {"$ref": f"#/$defs/{published()['methods'][method]['response']}", "$defs": published()["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(body)
