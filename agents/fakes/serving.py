"""A fake server as a program: on the loopback interface, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio

import click
from aiohttp import web

from infra.errors import ConfigError
from infra.shutdown import stop_signal
from infra.stack.ports import LOOPBACK, require_free

port_option = click.option(
    "--port", type=click.IntRange(1, 65535), required=True, help="Listens here, on the loopback interface."
)


def serve(app: web.Application, port: int, what: str) -> None:
    """Serve until told to stop. Raises ClickException when the port is taken."""
    try:
        require_free(port, what)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    asyncio.run(_serve(app, port))


async def _serve(app: web.Application, port: int) -> None:
    stop = stop_signal()
    # Cancelled with its connection, or a request that hangs on purpose would stay for ever.
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    await stop.wait()
    await runner.cleanup()
