"""`python -m agents.fakes.model --port N [--script FILE]`: the server until SIGTERM or SIGINT."""

from __future__ import annotations

import json
from pathlib import Path

import click

from agents.fakes.model.judge import Line
from agents.fakes.model.server import Server
from agents.fakes.serving import port_option, serve


@click.command()
@port_option
@click.option("--script", type=click.Path(exists=True, path_type=Path), help='JSON: [{"contains", "answers"}, ...].')
@click.option("--latency", "latency_s", type=float, default=0.0, help="Seconds until each answer.")
def main(port: int, script: Path | None, latency_s: float) -> None:
    """An OpenAI-compatible model that answers from a script, for trying out what uses one."""
    server = Server()
    server.latency_s = latency_s
    if script is not None:
        server.script = [Line(**line) for line in json.loads(script.read_text("utf-8"))]
    serve(server.app(), port, "the model")


if __name__ == "__main__":
    main()
