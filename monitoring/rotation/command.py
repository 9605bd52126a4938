"""`triage secrets list`, `triage secrets rotate KIND`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from infra import files
from infra.accountable import why_and_who
from infra.durations import Span
from infra.settings import load

new_file = click.Path(path_type=Path, dir_okay=False)
without_kafka = click.option(
    "--without-kafka", is_flag=True, help="Kafka is away and it cannot wait: note who and why in INCIDENT_DIR."
)


def noted_first(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who, why, and where that is noted: arguments of `audit.note`."""
    return without_kafka(why_and_who(command))


@click.group()
def secrets() -> None:
    """List keys, passwords and tokens, and change them while mail goes on. No value is ever shown."""


@secrets.command("list")
@click.option("--json", "machine", is_flag=True, help="Print JSON for programs, one object a line.")
def list_secrets(*, machine: bool) -> None:
    """Every secret: where it lives, since when or until when, how it is changed, by whom."""
    from infra.terminal import printable
    from monitoring.rotation import audit
    from monitoring.rotation.inventory import secrets as found

    settings = load()
    if late := audit.waiting(settings):
        click.echo(f"{len(late)} rotations are noted in INCIDENT_DIR alone: triage secrets send-notes", err=True)
    for one in found(settings):
        if machine:
            click.echo(orjson.dumps(one))
        else:
            click.echo(
                printable(f"{one.name:<24} {one.where or 'not set':<32} {one.changed:<26} {one.by:<9} {one.how}")
            )


@secrets.command("send-notes")
def send_notes() -> None:
    """Send to triage.audit what was noted while Kafka was away. The next rotation does it as well."""
    from monitoring.rotation import audit

    click.echo(f"{audit.send(load())} notes are on triage.audit")


@secrets.group()
def rotate() -> None:
    """Replace a secret by a new random one. Who and why are kept on triage.audit, and noted before anything is changed.

    A run that was killed leaves everything working; the same command again ends what it began.
    """


@rotate.command("token-key")
@click.option("--begin", "step", flag_value="begin", help="Only put a new key in front in TOKEN_KEY_FILE.")
@click.option("--finish", "step", flag_value="finish", help="Only seal every token with it and remove the old one.")
@noted_first
def token_key(*, step: str | None, **by: Any) -> None:
    """Change the key that seals the mailboxes' tokens. Processes read TOKEN_KEY_FILE with each token.

    Where they have copies of the file: --begin, replace the copies, --finish.
    """
    from monitoring.rotation import audit
    from monitoring.rotation import token_key as key

    settings = load()
    key.require(settings)
    audit.note(settings, "token-key", **by)
    if step == "begin":
        key.begin(settings)
        click.echo("a new key stands in front: replace the copies of the file, then --finish")
        return
    count = asyncio.run(key.finish(settings) if step == "finish" else key.rotate(settings))
    click.echo(f"{count} tokens are sealed with the new key; the old one is gone")


@rotate.command()
@click.option("--output", type=new_file,
              help="New file for the new DATABASE_URL, readable by its owner only: without DATABASE_PASSWORD_FILE.")  # fmt: skip  # noqa: E501
@click.option("--end-sessions", is_flag=True, help="Close those that the old one opened; processes connect again.")
@noted_first
def database(*, output: Path | None, end_sessions: bool, **by: Any) -> None:
    """Change the database role's password. Processes read DATABASE_PASSWORD_FILE with each connection.

    Without that file: set DATABASE_URL to what --output says and restart archive and control. Until then the archive
    waits when it must reconnect, and nothing is lost.
    """
    from monitoring.rotation import audit
    from monitoring.rotation import database as password

    settings = load()
    if settings.database_password_file is None:
        if output is None:
            raise click.UsageError("--output FILE is needed, as DATABASE_PASSWORD_FILE is not set")
        if output.exists():
            raise click.UsageError(f"{output} exists: name a new file")
        audit.note(settings, "database", **by)
        asyncio.run(password.rotate(settings, lambda url: files.create(output, f"{url}\n".encode())))
        click.echo(f"{output}: the new DATABASE_URL; set it and restart crewai-archive and crewai-email-triage")
        return
    if output is not None:
        raise click.UsageError("--output is for DATABASE_URL; the password is in DATABASE_PASSWORD_FILE")
    audit.note(settings, "database", **by)
    ended = asyncio.run(password.rotate_in_file(settings, end_sessions=end_sessions))
    click.echo(f"{settings.database_password_file}: the new password; the old one is refused; {ended} sessions ended")


@rotate.command()
@click.argument("endpoint")
@click.option("--grace", type=Span(), default="24h", show_default=True, help="The old one signs too for this long.")
@click.option("--now", "at_once", is_flag=True, help="The old one ends now, and all before it: it has leaked.")
@noted_first
def webhook(*, endpoint: str, grace: timedelta, at_once: bool, **by: Any) -> None:
    """Change the signing secret of ENDPOINT. `triage deliver` reads its file with each delivery."""
    from monitoring.rotation import audit
    from monitoring.rotation import webhook as hook

    settings = load()
    audit.note(settings, f"webhook {endpoint}"[:80], **by)
    path, until = hook.rotate(settings, endpoint, grace=timedelta() if at_once else grace, now=datetime.now(UTC))
    both = f"both sign until {until:%Y-%m-%dT%H:%M:%SZ}" if until else "the old one does not sign any more"
    click.echo(f"{path}: its first line is the new secret, for the receiver; {both}")


@rotate.command("admin-token")
@click.argument("name")
@click.option("--output", type=new_file, required=True, help="New file for the token, readable by its owner only.")
@click.option("--for", "lasting", type=Span(), default="90d", show_default=True, help="It expires after this.")
@noted_first
def admin_token(*, name: str, output: Path, lasting: timedelta, **by: Any) -> None:
    """Give NAME another token of the admin API; the old one is refused with the next call, by every process."""
    from monitoring.rotation import admin_token as token
    from monitoring.rotation import audit

    settings = load()
    audit.note(settings, f"admin-token {name}"[:80], **by)
    until = token.rotate(settings, name, output, lasting=lasting, now=datetime.now(UTC))
    click.echo(f"{output}: the token of {name}, until {until:%Y-%m-%dT%H:%M:%SZ}; the old one is refused")


@rotate.command("backup-key")
@click.option("--retire", is_flag=True, help="Only forget the keys that no backup in BACKUP_DIR needs any more.")
@noted_first
def backup_key(*, retire: bool, **by: Any) -> None:
    """Encrypt backups with a new key from the next one on. Older ones open with theirs, which BACKUP_KEY_FILE keeps."""
    from monitoring.rotation import audit
    from monitoring.rotation import backup_key as key

    settings = load()
    audit.note(settings, "backup-key", **by)
    if retire:
        click.echo(f"{key.retire(settings)} keys that no backup needs are gone")
    else:
        click.echo(f"{settings.backup_key_file}: {key.rotate(settings)} keys; the first is new; keep a copy elsewhere")
