"""dashboards/*.json from `boards`: python -m monitoring.grafana.generate. Grafana loads them by provisioning/."""

from __future__ import annotations

from pathlib import Path

from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, Row
from grafana_foundation_sdk.builders.logs import Panel as Logs
from grafana_foundation_sdk.builders.loki import Dataquery as LokiQuery
from grafana_foundation_sdk.builders.prometheus import Dataquery as PrometheusQuery
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import DataSourceRef

from monitoring.grafana.boards import BOARDS, Board, Panel

FOLDER = Path(__file__).parent / "dashboards"
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")
LOKI = DataSourceRef(type_val="loki", uid="loki")
ERRORS = '{job="crewai-triage"} | json | level="ERROR"'
SPAN, HEIGHT = 8, 8
"""Of 24 columns, and in rows of about 30 pixels."""


def write() -> None:
    """Replace every file."""
    FOLDER.mkdir(exist_ok=True)
    for board in BOARDS:
        (FOLDER / f"{board.uid}.json").write_text(text(board))


def text(board: Board) -> str:
    """A dashboard as Grafana's JSON."""
    made = (
        Dashboard(board.title)
        .uid(board.uid)
        .tags(["crewai-email-triage"])
        .refresh("30s")
        .time("now-1h", "now")
        .timezone("browser")
        .readonly()
    )
    for title, panels in board.rows.items():
        made = made.with_row(Row(title))
        for panel in panels:
            made = made.with_panel(_graph(panel))
    if board.errors:
        made = made.with_row(Row("Log")).with_panel(_errors())
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _graph(panel: Panel) -> Timeseries:
    table = VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM).show_legend(True)
    graph = (
        Timeseries()
        .title(panel.title)
        .description(panel.help or (f"Empty without: {panel.only_with}." if panel.only_with else ""))
        .datasource(PROMETHEUS)
        .unit(panel.unit)
        .min(0)
        .span(SPAN)
        .height(HEIGHT)
        .legend(table)
    )
    for ref, (legend, query) in zip("ABCDEFGH", panel.queries.items(), strict=False):
        target = PrometheusQuery().expr(query).legend_format(legend).ref_id(ref).datasource(PROMETHEUS)
        graph = graph.with_target(target)
    return graph


def _errors() -> Logs:
    query = LokiQuery().expr(ERRORS).ref_id("A").datasource(LOKI)
    return Logs().title("Errors").datasource(LOKI).span(24).height(HEIGHT).with_target(query)


if __name__ == "__main__":
    write()
