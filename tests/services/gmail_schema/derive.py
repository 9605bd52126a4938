"""Derives gmail.v1.json from the discovery document that google-api-python-client ships (Apache-2.0):

    python -m pip download --no-deps google-api-python-client==VERSION
    python -m tests.services.gmail_schema.derive google_api_python_client-VERSION-py3-none-any.whl

That package is 111 MB installed, so the tests hold answers against what is derived. Stricter than the document in two
ways: fields that it does not have are errors, and 64-bit numbers are strings of digits."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from tests.services.gmail_schema import FILE

DOCUMENT = "googleapiclient/discovery_cache/documents/gmail.v1.json"
METHODS = (
    "users.getProfile",
    "users.watch",
    "users.stop",
    "users.history.list",
    "users.labels.list",
    "users.messages.get",
    "users.messages.list",
    "users.threads.get",
)
STANDARD = ("fields",)
"""Parameters that every method has, as far as we use them."""
KEPT = {"type", "items", "properties", "enum", "$ref", "format", "required"}
KEPT_OF_PARAMETER = ("type", "format", "enum", "repeated", "required", "location", "default")


def derived(document: dict[str, Any], package: str) -> dict[str, Any]:
    """The part that we use."""
    methods = {name: _method(_found(document, name)) for name in METHODS}
    needed: dict[str, Any] = {}
    todo = [method["response"] for method in methods.values() if method["response"]]
    while todo:
        name = todo.pop()
        if name not in needed:
            needed[name] = _schema(document["schemas"][name])
            todo += _referred(document["schemas"][name])
    return {
        "$comment": f"Derived from {package}, Gmail v1 revision {document['revision']}, by tests.services.gmail_schema.derive",
        "parameters": {name: _parameter(document["parameters"][name]) for name in STANDARD},
        "methods": methods,
        "$defs": dict(sorted(needed.items())),
    }


def _found(document: dict[str, Any], name: str) -> dict[str, Any]:
    *groups, last = name.split(".")
    node = document
    for group in groups:
        node = node["resources"][group]
    found: dict[str, Any] = node["methods"][last]
    return found


def _method(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "httpMethod": found["httpMethod"],
        "path": found["path"],
        "parameters": {name: _parameter(one) for name, one in found.get("parameters", {}).items()},
        "scopes": found["scopes"],
        "response": found.get("response", {}).get("$ref"),
    }


def _parameter(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in KEPT_OF_PARAMETER if key in found}


def _schema(node: Any) -> Any:
    """A JSON Schema of a discovery schema."""
    if not isinstance(node, dict):
        return node
    made = {key: value for key, value in node.items() if key in KEPT}
    if "$ref" in made:
        return {"$ref": f"#/$defs/{made['$ref']}"}
    if "properties" in made:
        made["properties"] = {name: _schema(each) for name, each in made["properties"].items()}
        made["additionalProperties"] = False
    if "items" in made:
        made["items"] = _schema(made["items"])
    if made.get("type") == "string" and made.get("format") in {"int64", "uint64"}:
        made["pattern"] = "^[0-9]+$"
    return made


def _referred(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [name for value in node.values() for name in _referred(value)]
    return [name for value in node for name in _referred(value)] if isinstance(node, list) else []


if __name__ == "__main__":
    wheel = Path(sys.argv[1])
    with zipfile.ZipFile(wheel) as archive:
        source = json.loads(archive.read(DOCUMENT))
    label = " ".join(wheel.name.split("-")[:2]).replace("_", "-")
    FILE.write_text(json.dumps(derived(source, label), indent=1) + "\n")
    print(FILE)
