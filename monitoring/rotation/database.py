"""A new password for the role of DATABASE_URL. Only its SCRAM verifier travels, so it is in no log of the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

from infra.database import failure
from infra.database.pool import Connection, connect_once
from infra.settings import Settings

ITERATIONS = 4096
"""PostgreSQL's own (scram_iterations)."""


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
