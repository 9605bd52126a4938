"""What Alertmanager and Prometheus know of alerts, as entries of a timeline."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from infra.addresses import without_passwords
from infra.errors import Transient
from monitoring.incident.journal import Entry

ANSWER_S = 5.0
MOST_BYTES = 16 * 1024 * 1024


def current(url: str) -> list[Entry]:
    """Alerts that Alertmanager holds now, silenced and inhibited ones too.

    Raises:
        Transient: it does not answer, or not as it should.
    """
    where = f"{url.rstrip('/')}/api/v2/alerts"
    try:
        with urllib.request.urlopen(where, timeout=ANSWER_S) as answer:  # noqa: S310 - the operator's setting
            return entries(orjson.loads(answer.read(MOST_BYTES)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = getattr(error, "reason", type(error).__name__)
        raise Transient(f"ALERTMANAGER_URL={without_passwords(url)}: {said}") from None


def entries(alerts: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """One entry for each alert's beginning."""
    return [
        Entry(at=_time(one["startsAt"]), kind="alert", text=_text(one), by=one.get("status", {}).get("state", ""))
        for one in alerts
    ]


def _text(alert: Mapping[str, Any]) -> str:
    labels = alert["labels"]
    place = " ".join(f"{name}={labels[name]}" for name in ("component", "lane", "source", "group") if name in labels)
    summary = alert.get("annotations", {}).get("summary", "")
    return " ".join(part for part in (labels.get("alertname", "?"), labels.get("severity", ""), place, summary) if part)


def _time(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0).isoformat()
