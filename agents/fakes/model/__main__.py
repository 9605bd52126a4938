"""`python -m agents.fakes.model --port N [--script FILE]`: the server until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import click
from aiohttp import web

from agents.fakes.model.judge import Line
from agents.fakes.model.server import Server


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Listens here, on the loopback interface.")
@click.option("--script", type=click.Path(exists=True, path_type=Path), help='JSON: [{"contains", "answers"}, ...].')
@click.option("--latency", "latency_s", type=float, default=0.0, help="Seconds until each answer.")
def main(port: int, script: Path | None, latency_s: float) -> None:
    """An OpenAI-compatible model that answers from a script, for trying out what uses one."""
    server = Server()
    server.latency_s = latency_s
    if script is not None:
        server.script = [Line(**line) for line in json.loads(script.read_text("utf-8"))]
    asyncio.run(_serve(port, server))


async def _serve(port: int, server: Server) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(server.app(), handler_cancellation=True, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    main()
