"""`python -m agents.fakes.google --port N`: the server until SIGTERM or SIGINT. Pushes go to PUBSUB_EMULATOR_HOST."""

from __future__ import annotations

import os

import click

from agents.fakes.google.publisher import publisher
from agents.fakes.google.server import Server
from agents.fakes.serving import port_option, serve
from infra.stack.ports import LOOPBACK


@click.command()
@port_option
def main(port: int) -> None:
    """A Gmail API and Google OAuth server for trying things out. It holds everything in memory.

    Whoever reaches the port may read and command everything, so it listens on the loopback interface only.
    """
    publish = publisher() if os.environ.get("PUBSUB_EMULATOR_HOST") else None
    serve(Server(f"http://{LOOPBACK}:{port}", publish).app(), port, "the fake of Google's servers")


if __name__ == "__main__":
    main()
