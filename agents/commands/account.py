"""`triage account`: which mailboxes are read."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from infra import settings as configuration

as_json = click.option("--json", "machine", is_flag=True, help="Print one JSON object for programs.")


@click.group()
def account() -> None:
    """Add, list, remove and test mailboxes."""


@account.command()
@click.argument("account_id", metavar="ID")
@click.option("--maildir", type=click.Path(path_type=Path), help="A Maildir or a folder tree of raw mails.")
@click.option("--imap", "host", metavar="HOST", help="An IMAP server.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 993 with tls, else 143.")
@click.option("--security", type=click.Choice(["tls", "starttls", "plain"]), default="tls", show_default=True)
@click.option("--allow-plaintext", is_flag=True, help="Accept that 'plain' shows the secret to the network.")
@click.option("--username", help="Default: ID.")
@click.option("--auth", type=click.Choice(["password", "xoauth2"]), default="password", show_default=True)
@click.option("--secret", metavar="REFERENCE", help="env:NAME or file:/path of the password or token, never its value.")
@click.option("--folder", "folders", multiple=True, help="May be repeated.  [default: INBOX]")
@click.option("--cafile", type=click.Path(path_type=Path), help="PEM file with the server's authority.")
@click.option("--owner", "owner", multiple=True, metavar="ADDRESS", help="The owner's addresses; may be repeated.")
@click.option("--since-days", type=click.FloatRange(0, 36500), help="How far back the first contact reads.")
@click.option("--everything", is_flag=True, help="The first contact reads everything.")
@click.option("--disabled", is_flag=True, help="Do not read it yet.")
@click.option("--check", is_flag=True, help="Connect first; on a finding write nothing and exit 1.")
@as_json
def add(account_id: str, *, check: bool, machine: bool, **options: Any) -> None:
    """Add a mailbox or replace its record. Ingest follows within seconds."""
    from agents.accounts import InvalidAccount, SecretUnavailable, resolve, save_account

    try:
        made = _account(account_id, **options)
    except InvalidAccount as error:
        raise click.UsageError(str(error)) from None
    settings = configuration.load()
    if check:
        probed = asyncio.run(_probe(settings, made))
        if not probed["ok"]:
            _tell(probed, machine=machine)
            sys.exit(1)
    elif made.secret:
        try:
            resolve(made.secret)
        except SecretUnavailable as error:
            click.echo(f"warning: {error}; ingest needs it where it runs", err=True)
    asyncio.run(save_account(settings, made))
    _tell({"id": made.id, "ok": True, "message": "saved"}, machine=machine)


@account.command("list")
@as_json
def show(*, machine: bool) -> None:
    """List the mailboxes. Exit 1 when a record is invalid."""
    from agents.accounts import list_accounts

    accounts, invalid = asyncio.run(list_accounts(configuration.load()))
    if machine:
        listed = [dataclasses.asdict(one) for one in accounts]
        click.echo(orjson.dumps({"accounts": listed, "invalid": dict(invalid)}))
    else:
        for one in accounts:
            where = f"{one.imap.username} at {one.imap.host}:{one.imap.port}" if one.imap else one.maildir
            click.echo(f"{one.id}  {one.kind}  {where}{'' if one.enabled else '  (disabled)'}")
        for name, why in invalid.items():
            click.echo(f"{name}  invalid record: {why}")
        click.echo(f"{len(accounts)} accounts")
    sys.exit(1 if invalid else 0)


@account.command()
@click.argument("account_id", metavar="ID")
@as_json
def remove(account_id: str, *, machine: bool) -> None:
    """Stop reading a mailbox. Its cursors stay: adding it again announces nothing twice."""
    from agents.accounts import remove_account

    settings = configuration.load()
    known = asyncio.run(_known(settings))
    if account_id not in known:
        _tell({"id": account_id, "ok": False, "message": "no such account"}, machine=machine)
        sys.exit(1)
    asyncio.run(remove_account(settings, account_id))
    _tell({"id": account_id, "ok": True, "message": "removed"}, machine=machine)


@account.command()
@click.argument("account_id", metavar="[ID]", required=False)
@as_json
def test(account_id: str | None, *, machine: bool) -> None:
    """Try to reach one mailbox, or all. Exit 1 when one cannot be read."""
    from agents.accounts import list_accounts

    settings = configuration.load()
    accounts, _ = asyncio.run(list_accounts(settings))
    chosen = [one for one in accounts if account_id in {None, one.id}]
    if account_id and not chosen:
        _tell({"id": account_id, "ok": False, "message": "no such account"}, machine=machine)
        sys.exit(1)
    results = asyncio.run(_probe_all(settings, chosen))
    if machine:
        click.echo(orjson.dumps({"ok": all(one["ok"] for one in results), "accounts": results}))
    else:
        for one in results:
            _tell(one, machine=False)
    sys.exit(0 if all(one["ok"] for one in results) else 1)


def _account(account_id: str, **options: Any) -> Any:
    from agents.accounts import Account, ImapServer
    from agents.accounts.account import SETTING

    maildir, host, cafile = options["maildir"], options["host"], options["cafile"]
    if (maildir is None) == (host is None):
        raise click.UsageError("name one of --maildir and --imap")
    if maildir and options["secret"]:
        raise click.UsageError("a maildir needs no --secret")
    server = None
    if host:
        if not options["secret"]:
            raise click.UsageError("--imap needs --secret env:NAME or file:/path")
        server = ImapServer(
            host=host,
            port=options["port"] or (993 if options["security"] == "tls" else 143),
            security=options["security"],
            username=options["username"] or account_id,
            auth=options["auth"],
            folders=options["folders"] or ("INBOX",),
            cafile=str(cafile.absolute()) if cafile else None,
            allow_plaintext=options["allow_plaintext"],
        )
    days = options["since_days"]
    return Account(
        id=account_id,
        kind="imap" if host else "maildir",
        owner=options["owner"],
        imap=server,
        maildir=str(maildir.absolute()) if maildir else None,
        secret=options["secret"] or "",
        since_days=None if options["everything"] else SETTING if days is None else days,
        enabled=not options["disabled"],
        created_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    )


async def _known(settings: Any) -> set[str]:
    from agents.accounts import list_accounts

    accounts, invalid = await list_accounts(settings)
    return {one.id for one in accounts} | set(invalid)


async def _probe_all(settings: Any, accounts: Any) -> list[dict[str, Any]]:
    return list(await asyncio.gather(*(_probe(settings, one) for one in accounts)))


async def _probe(settings: Any, one: Any) -> dict[str, Any]:
    from agents.ingest.probing import probe

    steps = await probe(settings, one)
    return {"id": one.id, "ok": all(step.ok for step in steps), "steps": [dataclasses.asdict(step) for step in steps]}


def _tell(result: dict[str, Any], *, machine: bool) -> None:
    if machine:
        click.echo(orjson.dumps(result))
    elif "message" in result:
        click.echo(f"{result['id']}: {result['message']}")
    else:
        for step in result["steps"]:
            click.echo(f"{result['id']}: {'ok  ' if step['ok'] else 'FAIL'} {step['name']}: {step['detail']}")
