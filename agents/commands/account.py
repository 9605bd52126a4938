"""`triage account`: which mailboxes are read."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from pathlib import Path
from typing import Any

import click
import orjson

from agents.commands.probes import finish, probe_all, tell_steps
from infra import settings as configuration
from infra.options import as_json


@click.group()
def account() -> None:
    """Add, list, remove and test mailboxes."""


@account.command()
@click.argument("account_id", metavar="ID")
@click.option("--maildir", type=click.Path(path_type=Path), help="A Maildir or a folder tree of raw mails.")
@click.option("--imap", "host", metavar="HOST", help="An IMAP server.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 993 with tls, else 143.")
@click.option(
    "--security",
    type=click.Choice(["tls", "starttls", "plain"]),
    default="tls",
    show_default=True,
    help="How the connection is encrypted.",
)
@click.option("--allow-plaintext", is_flag=True, help="Accept that 'plain' shows the secret to the network.")
@click.option("--username", help="Default: the Gmail address, else ID.")
@click.option("--auth", type=click.Choice(["password", "xoauth2"]), help="Default: xoauth2 with --secret oauth.")
@click.option(
    "--secret",
    metavar="REFERENCE",
    help="env:NAME or file:/path of the password or token, never its value; or oauth: what `triage auth login` stores"
    " (oauth:google, oauth:microsoft where the server's name does not say which).",
)
@click.option("--folder", "folders", multiple=True, help="May be repeated.  [default: INBOX]")
@click.option("--cafile", type=click.Path(path_type=Path), help="PEM file with the server's authority.")
@click.option("--gmail", "email", metavar="ADDRESS", help="A Gmail mailbox; --imap beside it is for a fallback.")
@click.option("--label", "labels", multiple=True, help="Label ids that are read; may be repeated.  [default: INBOX]")
@click.option("--service-account", metavar="REFERENCE", help="file:/path or env:NAME of its JSON key, for --gmail.")
@click.option("--owner", "owner", multiple=True, metavar="ADDRESS", help="The owner's addresses; may be repeated.")
@click.option("--since-days", type=click.FloatRange(0, 36500), help="How far back the first contact reads.")
@click.option("--everything", is_flag=True, help="The first contact reads everything.")
@click.option("--disabled", is_flag=True, help="Do not read it yet.")
@click.option("--check", is_flag=True, help="Connect first; on a finding write nothing and exit 1.")
@as_json
def add(account_id: str, *, check: bool, machine: bool, **options: Any) -> None:
    """Add a mailbox or replace its record. Ingest follows within seconds."""
    from agents.accounts import InvalidAccount, SecretUnavailable, resolve, save_account
    from agents.accounts.account import OAUTH_SECRETS
    from agents.commands.account_options import account_record

    try:
        made = account_record(account_id, **options)
    except InvalidAccount as error:
        raise click.UsageError(str(error)) from None
    settings = configuration.load()
    if check:
        (probed,) = asyncio.run(probe_all(settings, [made]))
        if not probed["ok"]:
            _tell(probed, machine=machine)
            sys.exit(1)
    elif made.secret and made.secret not in OAUTH_SECRETS:
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
            click.echo(f"{one.id}  {one.kind}  {_where(one)}{'' if one.enabled else '  (disabled)'}")
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
    finish(asyncio.run(probe_all(settings, chosen)), machine=machine)


def _where(one: Any) -> str:
    imap = f"{one.imap.username} at {one.imap.host}:{one.imap.port}" if one.imap else ""
    if one.gmail:
        return f"{one.gmail.email} {', '.join(one.gmail.labels)}{f' (else {imap})' if imap else ''}"
    return imap or str(one.maildir)


async def _known(settings: Any) -> set[str]:
    from agents.accounts import list_accounts

    accounts, invalid = await list_accounts(settings)
    return {one.id for one in accounts} | set(invalid)


def _tell(result: dict[str, Any], *, machine: bool) -> None:
    if machine:
        click.echo(orjson.dumps(result))
    elif "message" in result:
        click.echo(f"{result['id']}: {result['message']}")
    else:
        tell_steps(result)
