"""`python -m agents.fakes.google --port N`: the server until SIGTERM or SIGINT. Pushes go to PUBSUB_EMULATOR_HOST."""

from __future__ import annotations

import asyncio
import os
import signal

import click
from aiohttp import web

from agents.fakes.google.publisher import publisher
from agents.fakes.google.server import Server
from infra.errors import ConfigError
from infra.stack.ports import require_free


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Listens here, on the loopback interface.")
def main(port: int) -> None:
    """A Gmail API and Google OAuth server for trying things out. It holds everything in memory.

    Whoever reaches the port may read and command everything, so it listens on the loopback interface only.
    """
    try:
        require_free(port, "the fake of Google's servers")
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    publish = publisher() if os.environ.get("PUBSUB_EMULATOR_HOST") else None
    asyncio.run(_serve(port, Server(f"http://127.0.0.1:{port}", publish)))


async def _serve(port: int, server: Server) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    # Cancelled with its connection, or a request that hangs on purpose would stay for ever.
    runner = web.AppRunner(server.app(), handler_cancellation=True, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    main()
