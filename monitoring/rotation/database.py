"""A new password for the role of DATABASE_URL. Only its SCRAM verifier travels, so it is in no log of the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr

from infra.database import failure
from infra.database.pool import Connection, connect_once, passwords
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.rotation import place

ITERATIONS = 4096
"""PostgreSQL's own (scram_iterations)."""
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE usename = current_user AND backend_type = 'client backend' AND pid NOT IN (pg_backend_pid(), $1)
"""
"""$1: our own former session, which the server may not have ended yet."""


async def rotate(settings: Settings, keep: Callable[[str], object]) -> None:
    """Set a random password. From then on the old one is refused to new connections.

    Args:
        settings: the database and the role.
        keep: is given the new DATABASE_URL before it holds: a password that nobody knows would lock everybody out.

    Raises:
        Transient, Fatal: nothing was changed, or nobody knows; then what was kept tells the new one.
        OSError: of `keep`; nothing was changed.
    """
    password = secrets.token_urlsafe(32)
    connection = await connect_once(settings)
    try:
        keep(with_password(settings.database_url.get_secret_value(), password))
        await _set(connection, password)
    finally:
        await connection.close(timeout=5)


async def rotate_in_file(settings: Settings, *, end_sessions: bool) -> int:
    """Change what is in DATABASE_PASSWORD_FILE, and at the server; how many sessions were ended.

    The file holds both passwords first, then the server takes the new one, and once that one has been let in it stands
    alone: every process gets in at each moment, and a run that was killed is ended by the next one.

    With `end_sessions` those that the old password opened are closed; who had them connects again.

    Raises:
        ConfigError: no file, or DATABASE_URL is not of its form.
        Transient, Fatal: the file holds both; run it again.
    """
    path = settings.database_password_file
    if path is None:
        raise ConfigError("DATABASE_PASSWORD_FILE is not set: name the file with the password")
    with place.alone(path):
        *_, new = held = passwords(settings)
        connection = await connect_once(settings)
        ours = connection.get_server_pid()
        try:
            if len(held) == 1:
                new = secrets.token_urlsafe(32)
                place.write(path, [*held, new])
            await _set(connection, new)
        finally:
            await connection.close(timeout=5)
        ended = await _confirm(settings, new, ours, end_sessions=end_sessions)
        place.write(path, [new])
    return ended


async def _confirm(settings: Settings, password: str, ours: int, *, end_sessions: bool) -> int:
    url = SecretStr(with_password(settings.database_url.get_secret_value(), password))
    connection = await connect_once(settings.model_copy(update={"database_url": url, "database_password_file": None}))
    try:
        if not end_sessions:
            return 0
        return len(await connection.fetch(OTHERS, ours))
    except Exception as error:
        raise failure(error) from None
    finally:
        await connection.close(timeout=5)


async def _set(connection: Connection, password: str) -> None:
    try:
        role = await connection.fetchval("SELECT quote_ident(current_user)")
        await connection.execute(f"ALTER ROLE {role} PASSWORD '{verifier(password)}'")
    except Exception as error:
        raise failure(error) from None


def verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL stores of a password (RFC 5802 section 3, RFC 7677). ASCII only, which SASLprep leaves alone."""
    salt = os.urandom(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    stored = hashlib.sha256(client).digest()
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def with_password(url: str, password: str) -> str:
    """The same address with another password."""
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{quote(password, safe='')}@{place}"))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
