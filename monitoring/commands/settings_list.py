"""Every setting with what a person needs to set it: name, kind, default, meaning, present value. Secrets masked."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from infra.addresses import without_passwords
from infra.settings import Settings

_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting as text."""

    name: str
    """The environment variable."""
    kind: str
    default: str
    value: str
    doc: str


def rows(settings: Settings) -> list[SettingRow]:
    """All settings in the order of their declaration."""
    docs = _docstrings()
    return [
        SettingRow(
            name=name.upper(),
            kind=_kind(field),
            default=_default(field),
            value=_text(getattr(settings, name)),
            doc=field.description or docs.get(name, ""),
        )
        for name, field in Settings.model_fields.items()
    ]


def _docstrings() -> dict[str, str]:
    """The string below each attribute, which Python itself throws away."""
    found = {}
    parts = [part for part in Settings.__mro__ if part.__module__.startswith("infra.")]
    for field, below in (pair for part in parts for pair in _statements(part)):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
            case _:
                continue
    return found


def _statements(part: type) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    (cls,) = ast.parse(textwrap.dedent(inspect.getsource(part))).body
    assert isinstance(cls, ast.ClassDef)
    return zip(cls.body, cls.body[1:], strict=False)


def _kind(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return " | ".join(map(str, get_args(field.annotation)))
    name = getattr(field.annotation, "__name__", "") or str(field.annotation)
    if field.annotation is SecretStr:
        name = "secret"
    elif type(None) in get_args(field.annotation):
        name = " | ".join(
            getattr(part, "__name__", "") for part in get_args(field.annotation) if part is not type(None)
        )
    bounds = [
        f"{sign} {getattr(rule, word):g}"
        for rule in field.metadata
        for word, sign in _BOUNDS.items()
        if getattr(rule, word, None) is not None
    ]
    return " ".join([name, ", ".join(bounds)]).strip()


def _default(field: FieldInfo) -> str:
    return "per process" if field.default_factory else _text(field.default)


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "***" if value.get_secret_value() else ""
    return "" if value is None else without_passwords(str(value))
