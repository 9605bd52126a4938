"""Every query that the dashboards and the runbook show is answered by a real Prometheus while mails flow."""

from __future__ import annotations

import re

import pytest

from monitoring.grafana.boards import BOARDS
from tests.integration.gameday import shorter
from tests.integration.gameday.conftest import FACTOR
from tests.integration.gameday.watching import Watch
from tests.unit.alerts.machine import RUNBOOK

PATIENCE_S = 60.0
"""A series that began a moment ago has no rate yet."""
HERE = {"", "imap", "canary"}
"""What is in use here; a panel of something else must be a query and may be empty."""
PANELS = [
    pytest.param(query, panel.only_with in HERE, id=f"{board.uid}: {panel.title}: {legend}")
    for board in BOARDS
    for panels in board.rows.values()
    for panel in panels
    for legend, query in panel.queries.items()
]
RUNBOOKS = [
    pytest.param(line, True, id=f"runbook: {line[:60]}")
    for block in re.findall(r"```promql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)
    for line in block.splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("query", "answered"), PANELS + RUNBOOKS)
def test_a_query_is_answered(query: str, answered: bool, watching: Watch) -> None:
    made = shorter.query(query.replace("$__rate_interval", "5m"), FACTOR)
    if answered:
        watching.until_answered(made, PATIENCE_S)
    else:
        watching.prometheus.query(made)  # raises where it is no PromQL
