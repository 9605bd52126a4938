"""The real rules and routes with every duration divided by one factor, and nothing else changed.

Of rules: `for`, `keep_firing_for` and the windows of range selectors (`[5m]`). Of the configuration: intervals of scraping and
evaluation. Of Alertmanager: group_wait, group_interval, repeat_interval. Thresholds stay as they are, also those in seconds."""

from __future__ import annotations

import re
from typing import Any

import yaml

MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
DURATION = re.compile(r"(\d+)(ms|s|m|h|d)")
WINDOW = re.compile(r"\[(\d+(?:ms|s|m|h|d))\]")
WAITS = ("group_wait", "group_interval", "repeat_interval")


def duration(text: str, factor: int) -> str:
    """One duration, divided; Prometheus knows no fraction, so in milliseconds."""
    number, unit = DURATION.fullmatch(text).groups()  # type: ignore[union-attr]
    return f"{round(int(number) * MS[unit] / factor)}ms"


def query(text: str, factor: int) -> str:
    """Its windows, divided."""
    return WINDOW.sub(lambda found: f"[{duration(found[1], factor)}]", text)


def rules(text: str, factor: int) -> str:
    """A file of rules."""
    content = yaml.safe_load(text)
    for rule in (rule for group in content["groups"] for rule in group["rules"]):
        rule["expr"] = query(rule["expr"], factor)
        for name in ("for", "keep_firing_for"):
            if name in rule:
                rule[name] = duration(rule[name], factor)
    return yaml.safe_dump(content, sort_keys=False)


def routes(text: str, factor: int, url: str) -> str:
    """Alertmanager's configuration; every receiver's place is `url`/<its name>."""
    content = yaml.safe_load(text)
    for route in (content["route"], *content["route"]["routes"]):
        route.update({name: duration(route[name], factor) for name in WAITS if name in route})
    for receiver in content["receivers"]:
        receiver["webhook_configs"] = [{"url": f"{url}/{receiver['name']}", "send_resolved": True}]
    return yaml.safe_dump(content, sort_keys=False)


def configuration(text: str, factor: int, *, alertmanager: int, targets: dict[str, list[int]]) -> str:
    """Prometheus's configuration; each job's targets are ports of this machine."""
    content: dict[str, Any] = yaml.safe_load(text)
    every = duration(content["global"]["scrape_interval"], factor)
    content["global"] = {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every}
    content["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]}
    content["scrape_configs"] = [
        {
            "job_name": one["job_name"],
            "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in targets[one["job_name"]]]}],
        }
        for one in content["scrape_configs"]
        if one["job_name"] in targets
    ]
    return yaml.safe_dump(content, sort_keys=False)
