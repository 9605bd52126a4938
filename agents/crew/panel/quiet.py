"""What has to be set before crewai is imported: it talks to its makers' servers otherwise, and writes to the home."""

from __future__ import annotations

import logging
import os
from collections.abc import MutableMapping
from pathlib import Path

OFF = {
    "CREWAI_DISABLE_TELEMETRY": "true",  # crewai_core.telemetry
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",  # crewai.events.listeners.tracing
    "CREWAI_DISABLE_VERSION_CHECK": "true",  # crewai.events.utils.console_formatter
    "CREWAI_TESTING": "true",  # asks nobody for consent on a first run
    "OTEL_SDK_DISABLED": "true",
}


def silence(home: Path, environ: MutableMapping[str, str] = os.environ) -> None:
    """Telemetry, tracing and update checks off; what it insists on writing goes below `home`."""
    home.mkdir(parents=True, exist_ok=True)
    environ.update(OFF | {"HOME": str(home), "CREWAI_STORAGE_DIR": str(home / "storage")})
    for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_KEY", "CREWAI_USER_PAT"):
        environ.pop(name, None)  # only the settings say whom mail may go to


def hush() -> None:
    """Their log lines quote questions and answers, and with them mail: none is written. Ours say what happened."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(_not_theirs)
    for name in ("crewai", "crewai_core", "openai", "httpx", "httpcore", "opentelemetry"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _not_theirs(record: logging.LogRecord) -> bool:
    """CrewAI also logs at the root: by file, then."""
    return "/crewai" not in record.pathname.rpartition("site-packages")[2] or not record.pathname.count("site-packages")
