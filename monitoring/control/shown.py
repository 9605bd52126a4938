"""What the control topic says and who has taken it up, for the command line and the admin API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from infra.settings import Settings
from monitoring.health.instances import Instance
from streams.control import writer
from streams.control.knobs import KNOBS
from streams.control.view import View
from streams.status_publisher import CONTROL_REVISION

READ_S = 10.0
LOOK_S = 0.1


async def shown(settings: Settings) -> dict[str, Any]:
    """Start values, overrides, the topic's revision, and the revision of each process that lives.

    Raises:
        KafkaUnavailable
    """
    view, seen = await asyncio.gather(writer.current(settings), _instances(settings))
    return described(settings, view, seen)


def described(settings: Settings, view: View, seen: Iterable[Instance]) -> dict[str, Any]:
    """The same from what is known already."""
    overrides = view.values(datetime.now(UTC)).overrides
    rows = []
    for base, knob in KNOBS.items():
        names = sorted(name for name in overrides if name.partition(":")[0] == base)
        rows += [
            {
                "name": name,
                "purpose": knob.purpose,
                "start": knob.start(settings),
                "override": asdict(overrides[name]) | {"revision": view.revision_of(name)}
                if name in overrides
                else None,
                "processes": list(knob.processes),
            }
            for name in names or [base if not knob.subjects else f"{base}:*"]
        ]
    return {
        "revision": view.revision,
        "settings": rows,
        "processes": [
            {
                "instance": one.status.instance,
                "component": one.status.component,
                "revision": _revision(one),
                "counts": one.status.counts or {},
            }
            for one in seen
            if not one.silent
        ],
        "refused": view.refused,
    }


async def taken_up(
    settings: Settings, components: Iterable[str], revision: int, seconds: float
) -> tuple[list[str], list[str]]:
    """Instances of these components that have taken up a revision, and those that have not within `seconds`."""
    wanted, deadline = set(components), time.monotonic() + seconds
    while True:
        concerned = [one for one in await _instances(settings) if one.status.component in wanted and not one.silent]
        done = [one.status.instance for one in concerned if _revision(one) >= revision]
        waiting = [one.status.instance for one in concerned if _revision(one) < revision]
        if not waiting or time.monotonic() > deadline:
            return done, waiting
        await asyncio.sleep(LOOK_S)


def _revision(one: Instance) -> int:
    return int((one.status.counts or {}).get(CONTROL_REVISION, 0))


async def _instances(settings: Settings) -> tuple[Instance, ...]:
    from monitoring.health.follower import instances_now

    return (await instances_now(settings, READ_S)).seen(datetime.now(UTC))
