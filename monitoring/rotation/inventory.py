"""Every secret there is: where it lives, how old it is, how it is changed, by whom. Never its value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from infra.addresses import without_passwords
from infra.errors import TriageError
from infra.settings import Settings

By = Literal["triage", "operator"]
ROTATE = "triage secrets rotate "

KAFKA = (
    "kafka-configs.sh: a new password for the user's other SCRAM mechanism; set KAFKA_SASL_PASSWORD (or"
    " its file) and KAFKA_SASL_MECHANISM, restart one process after the other; delete the old mechanism's"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret, or one kind where there are many."""

    name: str
    """The setting, or what it is for."""
    where: str
    """A variable, a file, or a reference; empty: it is not set."""
    changed: str
    """When its file was last replaced, or when it ends; empty: nobody knows."""
    by: By
    """triage: a command does it; operator: it is another's to issue."""
    how: str


def secrets(settings: Settings) -> Iterator[Secret]:
    """All of them, those of this project first."""
    yield from _keys(settings)
    yield from _webhooks(settings)
    yield from _admin(settings)
    yield from _issued_elsewhere(settings)


def _keys(settings: Settings) -> Iterator[Secret]:
    for name, path, command in (
        ("TOKEN_KEY", settings.token_key_file, "token-key"),
        ("DATABASE_URL", settings.database_password_file, "database"),
        ("BACKUP_KEY", settings.backup_key_file, "backup-key"),
    ):
        setting = "DATABASE_PASSWORD_FILE" if name == "DATABASE_URL" else f"{name}_FILE"
        if path is not None and (name == "DATABASE_URL" or not _given(settings, name)):
            yield _file(name, path, ROTATE + command)
            continue
        how = ROTATE + "database --output FILE, then restart" if name == "DATABASE_URL" else f"name it in {setting}"
        yield Secret(name=name, where=_variable(settings, name), changed="", by="triage", how=how)


def _webhooks(settings: Settings) -> Iterator[Secret]:
    from agents.deliver.process import endpoints_of

    if settings.deliver_file is None:
        return
    try:
        endpoints = endpoints_of(settings)
    except TriageError:  # `triage deliver check` says what is wrong with it
        yield Secret(name="webhooks", where=str(settings.deliver_file), changed="cannot be read", by="triage",
                     how="triage deliver check")  # fmt: skip
        return
    for endpoint in endpoints:
        for reference in endpoint.secrets:
            name, path = f"webhook {endpoint.name}", reference.removeprefix("file:")
            if path != reference and len(endpoint.secrets) == 1:
                yield _file(name, Path(path), f"{ROTATE}webhook {endpoint.name}")
            else:
                how = "one file:/PATH in its place, then " + f"{ROTATE}webhook {endpoint.name}"
                yield Secret(name=name, where=reference, changed="", by="triage", how=how)


def _admin(settings: Settings) -> Iterator[Secret]:
    from monitoring.admin.tokens import Tokens

    given, path = settings.admin_tokens.get_secret_value().split(), settings.admin_tokens_file
    for one in Tokens(given).principals:
        how = "its entry into ADMIN_TOKENS_FILE, then " + f"{ROTATE}admin-token {one.name}"
        yield Secret(name=f"admin token {one.name}", where="ADMIN_TOKENS (hash)", changed=_ends(one.expires_at),
                     by="triage", how=how)  # fmt: skip
    if path is None:
        return
    with suppress(TriageError):  # `triage doctor` says what is wrong with the file
        for one in Tokens.of(settings.model_copy(update={"admin_tokens": SecretStr("")})).principals:
            yield Secret(name=f"admin token {one.name}", where=f"{path} (hash)", changed=_ends(one.expires_at),
                         by="triage", how=f"{ROTATE}admin-token {one.name}")  # fmt: skip


def _issued_elsewhere(settings: Settings) -> Iterator[Secret]:
    google = settings.google_client_file
    rows = (
        ("KAFKA_SASL_PASSWORD", _variable_or_file(settings, "KAFKA_SASL_PASSWORD"), KAFKA),
        ("GOOGLE_CLIENT_SECRET", str(google) if google else _variable(settings, "GOOGLE_CLIENT_SECRET"),
         "Google Cloud console: add a secret to the client, set it, restart ingest and control, delete the old one"),
        ("MICROSOFT_CLIENT_SECRET", _variable_or_file(settings, "MICROSOFT_CLIENT_SECRET"),
         "Entra admin center: add a secret to the app, set it, restart ingest and control, delete the old one"),
        ("CREW_API_KEY", _variable_or_file(settings, "CREW_API_KEY"),
         "at whoever runs the model: a new key, set it, restart crew, withdraw the old one"),
        ("CACHE_URL", _in_url("CACHE_URL", settings.cache_url),
         "at Redis: a second password (ACL SETUSER), set it, restart crew, remove the old one; meanwhile crew goes on"),
        ("ALERTMANAGER_URL", _in_url("ALERTMANAGER_URL", settings.alertmanager_url),
         "at the proxy before it, then set it: only `triage incident` and `evidence` read it"),
        ("PUSH_CERTIFICATE", str(settings.push_certificate or ""), "a new certificate in the file, restart ingest"),
        ("passwords of mailboxes", "references of accounts: triage account list",
         "at the provider, then where the reference points: read with each login; the account waits until both agree"),
        ("grants of mailboxes", str(settings.token_dir), "withdraw at the provider, then triage auth login ACCOUNT"),
    )  # fmt: skip
    for name, where, how in rows:
        path = Path(where) if where.startswith("/") else None
        changed = _replaced(path) if path is not None and path.is_file() else ""
        yield Secret(name=name, where=where, changed=changed, by="operator", how=how)


def _file(name: str, path: Path, how: str) -> Secret:
    return Secret(name=name, where=str(path), changed=_replaced(path) or "cannot be read", by="triage", how=how)


def _replaced(path: Path) -> str:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OSError:
        return ""


def _ends(moment: datetime) -> str:
    return f"ends {moment:%Y-%m-%dT%H:%M:%SZ}"


def _given(settings: Settings, name: str) -> bool:
    value = getattr(settings, name.lower())
    return bool(value.get_secret_value())


def _variable(settings: Settings, name: str) -> str:
    return name if _given(settings, name) else ""


def _variable_or_file(settings: Settings, name: str) -> str:
    return _variable(settings, name) or str(getattr(settings, f"{name.lower()}_file") or "")


def _in_url(name: str, url: str) -> str:
    return name if url and without_passwords(url) != url else ""
