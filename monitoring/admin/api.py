"""The calls of the admin API, one declaration each: method, path, role, what goes in and comes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from infra.durations import parse_span
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.admin.tokens import Role
from streams.control import writer
from streams.control.knobs import KNOBS, ORDERS, find, find_order
from streams.control.records import LINE, LONGEST_WHY
from streams.triage.verdict import Lane

Schema = Mapping[str, Any]


class Unknown(Exception):
    """No such setting or order, or nothing to clear."""


class Desk(Protocol):
    """What the calls need of the process."""

    settings: Settings

    def control(self) -> dict[str, Any]:
        """Settings, overrides, revisions."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked: path parameters, query and body, checked against the declaration."""

    who: str
    parameters: Mapping[str, str]
    body: Mapping[str, Any]


Answer = Callable[[Desk, Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call."""

    method: str
    path: str
    role: Role
    summary: str
    answer: Answer
    body: Schema | None = None
    """JSON Schema of the properties of the body; None: there is no body."""
    required: tuple[str, ...] = ()
    path_parameters: Mapping[str, Schema] = field(default_factory=dict)
    query: Mapping[str, Schema] = field(default_factory=dict)
    query_required: tuple[str, ...] = ()


WHY: Schema = {"type": "string", "pattern": LINE, "maxLength": LONGEST_WHY, "description": "For those who look later."}
FOR: Schema = {"type": "string", "maxLength": 40, "description": "Ends by itself: 90s, 30m, 2h, 1h30m, 7d."}
_NAMES = "|".join(f"{name}:({knob.subjects})" if knob.subjects else name for name, knob in KNOBS.items())
NAME: Schema = {"type": "string", "pattern": f"^({_NAMES})$", "description": "A setting; others answer 404."}
ORDER: Schema = {"type": "string", "pattern": f"^({'|'.join(ORDERS)})$", "description": "An order; others answer 404."}
LANE: Schema = {"type": "string", "enum": [str(lane) for lane in Lane]}


async def see_control(desk: Desk, _: Call) -> Any:
    """Everything that `triage control show` says."""
    return desk.control()


async def see_setting(desk: Desk, call: Call) -> Any:
    """One setting: start value, override, bounds."""
    name = _known(call.parameters["name"])
    knob = find(name)
    override = next((row["override"] for row in desk.control()["settings"] if row["name"] == name), None)
    return {
        "name": name,
        "purpose": knob.purpose,
        "start": knob.start(desk.settings),
        "override": override,
        "processes": list(knob.processes),
        "allowed": knob.schema,
    }


async def change_setting(desk: Desk, call: Call) -> Any:
    """Give it another value."""
    return await _put(desk, call, _known(call.parameters["name"]), call.body["value"])


async def clear_setting(desk: Desk, call: Call) -> Any:
    """Give it its start value back."""
    return await _clear(desk, call, _known(call.parameters["name"]), call.parameters["why"])


async def see_history(desk: Desk, call: Call) -> Any:
    """The latest entries of the audit log, oldest first."""
    limit = int(call.parameters.get("limit", "100"))
    return {"entries": (await writer.history(desk.settings))[-limit:]}


async def give_order(desk: Desk, call: Call) -> Any:
    """Have every running process do something once."""
    name = call.parameters["name"]
    if name not in ORDERS:
        raise Unknown(f"no order {name[:80]!r}; there are {', '.join(ORDERS)}")
    return await _order(desk, call, name)


async def clear_cache(desk: Desk, call: Call) -> Any:
    """The order clear-cache."""
    return await _order(desk, call, "clear-cache")


async def pause_lane(desk: Desk, call: Call) -> Any:
    """Have its consumers wait."""
    return await _put(desk, call, f"LANE:{call.parameters['lane']}", "paused")


async def resume_lane(desk: Desk, call: Call) -> Any:
    """Have them go on."""
    return await _clear(desk, call, f"LANE:{call.parameters['lane']}", call.body["why"])


async def priority_only(desk: Desk, call: Call) -> Any:
    """Have lanes wait whose mails are all below; 0: everything again."""
    return await _put(desk, call, "MIN_PRIORITY", call.body["min_priority"])


async def _put(desk: Desk, call: Call, name: str, value: object) -> Any:
    lasting: timedelta | None = parse_span(call.body["for"]) if "for" in call.body else None
    override, revision = await writer.put(
        desk.settings, name, value, who=call.who, why=call.body["why"], lasting=lasting
    )
    return {"name": name, "value": override.value, "expires_at": override.expires_at, "revision": revision}


async def _clear(desk: Desk, call: Call, name: str, why: str) -> Any:
    revision = await writer.clear(desk.settings, name, who=call.who, why=why)
    if revision is None:
        raise Unknown(f"{name} has its start value")
    return {"name": name, "value": None, "expires_at": None, "revision": revision}


async def _order(desk: Desk, call: Call, name: str) -> Any:
    find_order(name)
    why = call.body.get("why", "by the admin API")
    revision = await writer.order(desk.settings, name, who=call.who, why=why)
    return {"name": name, "value": None, "expires_at": None, "revision": revision}


def _known(name: str) -> str:
    try:
        find(name)
    except ConfigError as error:
        raise Unknown(str(error)) from None
    return name


_VALUE: Schema = {"oneOf": [{"type": kind} for kind in ("string", "boolean", "number")]}
_CHANGE: Schema = {"why": WHY, "for": FOR}
_LANE_PATH: Mapping[str, Schema] = {"lane": LANE}

OPERATIONS: tuple[Operation, ...] = (
    Operation(method="GET", path="/control", role="read", summary="Settings, overrides, revisions", answer=see_control),
    Operation(
        method="GET", path="/control/{name}", role="read", summary="One setting",
        answer=see_setting, path_parameters={"name": NAME},
    ),
    Operation(
        method="PUT", path="/control/{name}", role="operate", summary="Give a setting another value, live",
        answer=change_setting, path_parameters={"name": NAME},
        body={"value": _VALUE, **_CHANGE}, required=("value", "why"),
    ),
    Operation(
        method="DELETE", path="/control/{name}", role="operate", summary="Give a setting its start value back",
        answer=clear_setting, path_parameters={"name": NAME}, query={"why": WHY}, query_required=("why",),
    ),
    Operation(
        method="GET", path="/history", role="read", summary="Who changed or called what, when and why",
        answer=see_history, query={"limit": {"type": "integer", "minimum": 1, "maximum": 1000}},
    ),
    Operation(
        method="POST", path="/orders/{name}", role="operate", summary="Have every running process do something once",
        answer=give_order, path_parameters={"name": ORDER},
        body={"why": WHY},
    ),
    Operation(
        method="POST", path="/clear-cache", role="operate", summary="Have every running process forget what it caches",
        answer=clear_cache, body={"why": WHY},
    ),
    Operation(
        method="POST", path="/lanes/{lane}/pause", role="operate", summary="Have the consumers of a lane wait",
        answer=pause_lane, path_parameters=_LANE_PATH, body=_CHANGE, required=("why",),
    ),
    Operation(
        method="POST", path="/lanes/{lane}/resume", role="operate", summary="Have the consumers of a lane go on",
        answer=resume_lane, path_parameters=_LANE_PATH, body={"why": WHY}, required=("why",),
    ),
    Operation(
        method="POST", path="/priority-only", role="operate",
        summary="Have lanes wait whose mails are all below a priority; 0: everything again", answer=priority_only,
        body={"min_priority": {"type": "integer", "minimum": 0, "maximum": 10}, **_CHANGE},
        required=("min_priority", "why"),
    ),
)  # fmt: skip
"""Paths are below /admin."""
