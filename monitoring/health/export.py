"""A report as Prometheus series and as JSON."""

from __future__ import annotations

from typing import Any

from monitoring import metrics
from monitoring.health.instances import Instance
from monitoring.health.verdict import EXPECTED, Component, Health, Report


def show(report: Report) -> None:
    """Replace all series."""
    for series in (metrics.COMPONENT_UP, metrics.COMPONENT_INSTANCES, metrics.COMPONENT_COUNT):
        series.clear()
    for one in report.components:
        metrics.COMPONENT_UP.labels(one.name).set(one.status is Health.OK)
        if one.instances or one.name in EXPECTED:
            metrics.COMPONENT_INSTANCES.labels(one.name).set(sum(not process.silent for process in one.instances))
        for name, value in one.counts.items():
            metrics.COMPONENT_COUNT.labels(one.name, name).set(value)


def summary(report: Report) -> dict[str, Any]:
    """What a person or a probe wants first."""
    return {
        "status": report.status,
        "ready": report.ready,
        "reasons": [f"{one.name}: {one.reason}" for one in report.components if one.status is not Health.OK],
        "components": {one.name: one.status for one in report.components},
    }


def details(report: Report) -> dict[str, Any]:
    """Everything, per component."""
    return {"status": report.status, "components": {one.name: _component(one) for one in report.components}}


def _component(one: Component) -> dict[str, Any]:
    return {
        "status": one.status,
        "reason": one.reason,
        "counts": one.counts,
        "instances": [instance(process) for process in one.instances],
    }


def instance(one: Instance) -> dict[str, Any]:
    """One process."""
    said = one.status
    return {
        "instance": said.instance,
        "component": said.component,
        "ok": one.ok,
        "silent": one.silent,
        "age_s": round(one.age_s, 1),
        "pid": said.pid,
        "started_at": said.started_at,
        "checks": [{"name": check.name, "ok": check.ok, "reason": check.reason} for check in said.checks],
        "counts": said.counts or {},
    }
