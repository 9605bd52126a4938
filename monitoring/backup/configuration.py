"""The settings and files that a machine was configured with; secrets only where the backup is encrypted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import orjson
from pydantic import SecretStr

from infra.addresses import without_passwords
from infra.settings import Settings, config_file

FILES = (
    "docker-compose.yml",
    ".env",
    "monitoring/alertmanager/alertmanager.yml",
    "monitoring/prometheus/prometheus.yml",
)
"""From the working directory, where they are there."""
OPEN_FILES = frozenset({"docker-compose.yml"})
"""Of these, what holds no secret: `.env` and the settings' file have passwords, the others receivers and their keys."""
LARGEST = 1024 * 1024


def collect(settings: Settings, *, encrypted: bool) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file.

    Tokens of mailboxes are sealed with TOKEN_KEY already; that key itself is among the secrets, and so are the files
    of secrets, but for BACKUP_KEY_FILE: who needs the backup needs it first."""
    yield "settings.json.gz", orjson.dumps(shown(settings, secrets=encrypted), option=orjson.OPT_INDENT_2)
    for name in (*FILES, str(config_file())):
        if name not in OPEN_FILES and not encrypted:
            continue
        path = Path(name)
        if path.is_file() and path.stat().st_size <= LARGEST:
            yield f"files/{path.name}.gz", path.read_bytes()
    for path in filter(None, (settings.token_key_file, settings.database_password_file, settings.admin_tokens_file)):
        if encrypted and path.is_file() and path.stat().st_size <= LARGEST:
            yield f"secrets/{path.name}.gz", path.read_bytes()
    if settings.token_dir.is_dir():
        for path in sorted(settings.token_dir.glob("*.token")):
            yield f"tokens/{path.name}.gz", path.read_bytes()


def shown(settings: Settings, *, secrets: bool) -> dict[str, str]:
    """Each setting as an environment variable would hold it; a secret, or a password in a URL, as ***, unless asked
    for. Defaults are left out."""
    found = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if value == field.get_default(call_default_factory=True) or value is None:
            continue
        if isinstance(value, SecretStr):
            value = value.get_secret_value() if secrets else "***"
        text = os.fspath(value) if isinstance(value, Path) else str(value)
        found[name.upper()] = text if secrets else without_passwords(text)
    return found
