"""A new signing secret for a webhook endpoint. For a while the old one signs as well, so that its receiver can change
when it likes; `triage deliver` reads the file with each delivery."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from agents.deliver import secret_file
from agents.deliver.endpoints import Endpoint
from agents.deliver.process import endpoints_of
from agents.deliver.signature import InvalidSecret, new_secret
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.rotation import place

FILE = "file:"


def rotate(settings: Settings, name: str, *, grace: timedelta, now: datetime) -> tuple[Path, datetime | None]:
    """Put a new secret in front; the file, and until when the old one signs too. One write: done or not begun.

    With no grace it ends now, and so do those whose time has not come.

    Raises:
        ConfigError: no such endpoint, no file to change, or an earlier change whose grace still runs.
    """
    path = secret_path(_endpoint(settings, name))
    with place.alone(path):
        text = place.read(f"secret of {name}", path)
        until = now + grace if grace else None
        try:
            ending = [one.until for one in secret_file.parse(text) if one.until and one.holds(now)]
            if ending and until is not None:
                raise ConfigError(
                    f"{path}: two secrets sign until {max(ending):%Y-%m-%dT%H:%M:%SZ}: wait for that, or end the old"
                    " ones with --now"
                )
            changed = secret_file.changed(text, new_secret(), until=until, now=now)
        except InvalidSecret as error:
            raise ConfigError(f"{path}: {error}") from None
        place.write(path, changed.splitlines())
    return path, until


def secret_path(endpoint: Endpoint) -> Path:
    """The one file that its secrets are in.

    Raises:
        ConfigError: there is none, or more than one.
    """
    places = [reference.removeprefix(FILE) for reference in endpoint.secrets if reference.startswith(FILE)]
    if len(places) != 1 or len(endpoint.secrets) != 1:
        raise ConfigError(
            f"endpoint {endpoint.name}: secrets must be one file:/PATH, so that it can be changed from here; a variable"
            " cannot"
        )
    return Path(places[0])


def _endpoint(settings: Settings, name: str) -> Endpoint:
    known = {one.name: one for one in endpoints_of(settings)}
    if name not in known:
        raise ConfigError(f"no endpoint {name[:60]!r}; DELIVER_FILE has {', '.join(known) or 'none'}")
    return known[name]
