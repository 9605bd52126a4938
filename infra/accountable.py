"""Who changes something, and why: the two options of every command that changes what others see."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Callable
from typing import Any

import click


def me() -> str:
    """Who is at this terminal: user@host, the user behind sudo."""
    return f"{os.environ.get('SUDO_USER') or getpass.getuser()}@{socket.gethostname()}"[:100]


def _said(context: click.Context, option: click.Parameter, text: str) -> str:  # noqa: ARG001 - click's signature
    if not text.strip():
        raise click.BadParameter("say why")
    return text


who_option = click.option("--as", "who", default=me, show_default="user@host", help="Who does it.")
why_option = click.option("--why", required=True, callback=_said, help="Why, for those who look later.")


def why_and_who(command: Callable[..., Any]) -> Callable[..., Any]:
    """Both: `why` and `who` are arguments of the command."""
    return why_option(who_option(command))
