"""`triage crew`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from infra import logging as log_lines
from infra.errors import ConfigError
from infra.settings import Settings, load

if TYPE_CHECKING:
    from agents.crew.reviewing import Asks


@click.command()
def crew() -> None:
    """Review what the fast path is unsure of with a CrewAI crew and any OpenAI-compatible model. Runs until SIGTERM.

    Needs CREW_URL and the extra `crew` (make crew, or the image crewai-email-triage:crew). Several processes share the
    partitions of mail.review.
    """
    import asyncio

    settings = require_endpoint(load())
    log_lines.configure("crew", level=settings.log_level, form=settings.log_format)
    panel = make_panel(settings)

    from agents.crew.process import crew as run

    asyncio.run(run(settings, panel))


def require_endpoint(settings: Settings) -> Settings:
    """The settings, when they name an endpoint.

    Raises:
        ConfigError
    """
    if not settings.crew_url:
        raise ConfigError("CREW_URL is empty: set it to an OpenAI-compatible endpoint, e.g. http://127.0.0.1:11434/v1")
    return settings


def make_panel(settings: Settings) -> Asks:
    """The crew itself.

    Raises:
        ConfigError: the extra is not installed, or CREW_API_KEY_FILE cannot be read.
    """
    from agents.crew.panel.quiet import hush, silence

    silence(settings.triage_home / "crew")
    hush()
    try:
        from agents.crew.panel.panel import Panel
    except ImportError as error:
        raise ConfigError(f"{error}: this needs the extra crew: make crew, then .venv-crew/bin/triage") from None
    return Panel(
        url=settings.crew_url,
        model=settings.crew_model,
        api_key=settings.crew_key(),
        timeout_s=settings.crew_timeout_s,
        answer_tokens=settings.crew_answer_tokens,
    )
