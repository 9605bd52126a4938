"""Where Kafka and PostgreSQL are, checked as they are written: a wrong address stops a process at its start."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.%\w]+\]|[^\s:/,\[\]]+):(\d{1,5})")
_SCHEMES = ("postgresql", "postgres")


def bootstrap_servers(value: str) -> str:
    """Servers as they were given.

    Raises:
        ValueError: one of them is no host with a port.
    """
    for server in value.split(","):
        match = _SERVER.fullmatch(server.strip())
        if match is None or not 1 <= int(match[1]) <= 65535:
            raise ValueError("host:port is allowed, several separated by commas, with ports from 1 to 65535")
    return value


def database_url(value: SecretStr) -> SecretStr:
    """A connection URI of libpq, with several hosts too. Its text stays out of every message.

    Raises:
        ValueError: another scheme, or a port that is none.
    """
    try:
        parts = urlsplit(value.get_secret_value())
        fine = parts.scheme in _SCHEMES and ("," in parts.netloc or parts.port != 0)
    except ValueError:
        fine = False
    if not fine:
        raise ValueError("postgresql://USER:PASSWORD@HOST:PORT/DATABASE is allowed") from None
    return value


BootstrapServers = Annotated[str, AfterValidator(bootstrap_servers)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(database_url)]


_PASSWORD = re.compile(r"(?<=://)([^\s/?#:@]*):[^\s/?#]*@")
"""userinfo with a password (RFC 3986 §3.2.1); up to the last @, for some passwords are not encoded."""


def without_passwords(text: str) -> str:
    """The text with *** in the place of each URL's password: what may be shown, logged or kept."""
    return _PASSWORD.sub(r"\1:***@", text)
