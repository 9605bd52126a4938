"""Whether a record that was read is made of what its dataclass says: JSON of a foreign writer may hold anything, and a
number where a text is meant would fail far from where it came in, as a defect of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Check = Callable[[Any], bool]


def require_kinds(record: Any) -> None:
    """Look at every field, also within.

    Raises:
        TypeError: names the first field that is of another kind.
    """
    for name, fits in _checks(record.__class__):
        value = getattr(record, name)
        if not fits(value):
            raise TypeError(f"{name}: a {type(value).__name__}")
        for one in value if type(value) is tuple else (value,):
            if is_dataclass(one):
                require_kinds(one)


@cache
def _checks(kind: type[Any]) -> tuple[tuple[str, Check], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _check(hints[field.name])) for field in fields(kind))


def _check(hint: Any) -> Check:
    origin, within = get_origin(hint), get_args(hint)
    if origin is tuple:
        fits = _check(within[0])
        return lambda value: type(value) is tuple and all(map(fits, value))
    if origin in (Union, UnionType):
        either = [_check(one) for one in within]
        return lambda value: any(fits(value) for fits in either)
    if origin is Literal:
        return lambda value: value in within
    if hint is float:
        return lambda value: type(value) in (float, int)
    if hint in (int, bool, str, NoneType):  # True is no number
        return lambda value: type(value) is hint
    return lambda value: isinstance(value, hint)
