"""Where a run tells what it does: a live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.live import Live

from agents.accounts import Account
from infra.settings import Settings
from infra.terminal import printable
from monitoring.run.home import Home
from monitoring.run.lines import Lines
from monitoring.run.picture import Picture
from monitoring.run.programs import triage_path
from monitoring.run.view import draw

REDRAW_S = 0.25
LINES_S = 1.5
FIRST_LINES_S = 0.3
"""At first a line is due sooner: the first verdict is what people wait for."""
QUIET_AFTER_S = 10.0
STEPS = 4
"""A count that runs up to a total is told so often."""
_COUNT = re.compile(r": (\d+) of (\d+)\b")


class Screen:
    """`say` from any thread; `show` while there is something to look at."""

    def __init__(self, *, machine: bool) -> None:
        self._console = Console(stderr=machine, highlight=False, soft_wrap=True)

    def say(self, line: str) -> None:
        """One step, as it begins."""
        if _is_due(line):
            self._console.print("\n".join(map(printable, line.splitlines())), markup=False)

    async def show(self, take: Callable[[], Picture]) -> None:
        """Draw until cancelled; the last picture stays."""
        if self._console.is_terminal:
            await self._draw(take)
        else:
            await self._write(take)

    async def _draw(self, take: Callable[[], Picture]) -> None:
        def drawn() -> object:
            return draw(take(), height=self._console.height)

        with Live(console=self._console, auto_refresh=False) as live:
            try:
                while True:
                    live.update(drawn(), refresh=True)  # type: ignore[arg-type]
                    await asyncio.sleep(REDRAW_S)
            finally:
                live.update(drawn(), refresh=True)  # type: ignore[arg-type]

    async def _write(self, take: Callable[[], Picture]) -> None:
        lines = Lines()

        def write() -> Picture:
            picture = take()
            for line in lines.of(picture):
                self._console.print(line, markup=False)
            return picture

        try:
            while True:
                seen = write()
                await asyncio.sleep(FIRST_LINES_S if seen.seconds < QUIET_AFTER_S else LINES_S)
        finally:
            write()


def _is_due(line: str) -> bool:
    counted = _COUNT.search(line)
    if counted is None:
        return True
    done, total = map(int, counted.groups())
    return done % max(1, total // STEPS) == 0 or done == total


def where(settings: Settings, home: Home, account: Account | None) -> str:
    """Where everything listens, and what to try."""
    triage = "triage" if shutil.which("triage") else _short(triage_path())
    host = settings.bind_host
    rows = [
        ("Kafka", f"{settings.kafka_bootstrap_servers}   lanes: mail.urgent mail.high mail.normal mail.low"),
        ("PostgreSQL", f"{without_password(settings.database_url.get_secret_value())}   table: verdicts"),
        ("health", f"http://{host}:{settings.health_port}/health"),
        ("metrics", f"http://{host}:{settings.metrics_port}/metrics"),
    ]
    if account and account.maildir:
        folder = _short(Path(account.maildir))
        into = folder / "new" if (Path(account.maildir) / "new").is_dir() else folder
        rows.append(("mailbox", f"{into}   drop a mail here"))
    rows.append(("logs", str(_short(home.place.logs))))
    rows.append(("try", f"{triage} tail urgent  |  {triage} explain ID  |  {triage} status  |  {triage} lag"))
    if exports := _exports(settings):
        rows.append(("first", exports))
    return "\n".join(f"  {name:<11}{what}" for name, what in rows)


def without_password(url: str) -> str:
    """A database's URL as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.username}:***@{parts.netloc.rpartition('@')[2]}"))


def _exports(settings: Settings) -> str:
    """What other commands need to be told when the usual ports were taken."""
    usual = Settings.model_fields
    servers, database = settings.kafka_bootstrap_servers, settings.database_url
    said = []
    if servers != usual["kafka_bootstrap_servers"].default:
        said.append(f"KAFKA_BOOTSTRAP_SERVERS={servers}")
    if database != usual["database_url"].default and "@127.0.0.1" in database.get_secret_value():
        said.append(f"DATABASE_URL={without_password(database.get_secret_value())}")
    return f"export {' '.join(said)}" if said else ""


def _short(path: Path) -> Path:
    """Relative to the working directory where that is shorter."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
