"""The OpenAPI 3.1 document of the admin API, made of its declarations."""

from __future__ import annotations

from typing import Any

from monitoring.admin.api import OPERATIONS, Operation

PREFIX = "/admin"
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_REFUSALS = {
    "400": "What was sent does not follow this document; the error says where",
    "409": "It follows this document, but is not what this setting allows; GET it to see what is",
    "401": "No token, or one that is not known or has expired",
    "403": "Another machine, or a token that may only read",
    "404": "There is no such thing",
    "413": "Too long",
    "429": "Too many calls; Retry-After says when",
    "503": "Kafka is away",
}


def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, Any] = {
        f"{PREFIX}/openapi.json": {"get": _described(None)},
    }
    for operation in OPERATIONS:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "CrewAI Email Triage: admin API", "version": "1.0.0"},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR},
        },
    }


def body_schema(operation: Operation) -> dict[str, Any]:
    """JSON Schema of an operation's body."""
    return {
        "type": "object",
        "properties": dict(operation.body or {}),
        "required": list(operation.required),
        "additionalProperties": False,
    }


def _described(operation: Operation | None) -> dict[str, Any]:
    answers: dict[str, Any] = {
        code: {
            "description": text,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        for code, text in _REFUSALS.items()
    }
    answers["200"] = {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}}
    if operation is None:
        return {"summary": "This document", "operationId": "document", "responses": answers}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": operation.answer.__name__,
        "description": f"Role: {operation.role}.",
        "responses": answers,
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": schema}
              for name, schema in operation.path_parameters.items()),
            *({"name": name, "in": "query", "required": name in operation.query_required, "schema": schema}
              for name, schema in operation.query.items()),
        ],
    }  # fmt: skip
    if operation.body is not None:
        content = {"application/json": {"schema": body_schema(operation)}}
        described["requestBody"] = {"required": bool(operation.required), "content": content}
    return described
