"""`triage auth`: access to mailboxes by OAuth."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import click
import orjson

from agents.commands.chosen import choose
from infra import settings as configuration
from infra.options import as_json

if TYPE_CHECKING:
    from agents.oauth.report import Access


@click.group()
def auth() -> None:
    """Log in to mailboxes with OAuth, and check that access lasts."""


@auth.command()
@click.argument("account_id", metavar="ACCOUNT")
@click.option("--no-browser", is_flag=True, help="For servers: print the address, take what the browser ended at.")
def login(account_id: str, *, no_browser: bool) -> None:
    """Grant access to a mailbox: opens a browser and stores the tokens, encrypted.

    Needs TOKEN_KEY (`triage auth key`) and an OAuth client: GOOGLE_CLIENT_FILE, or GOOGLE_CLIENT_ID and its secret, or
    MICROSOFT_CLIENT_ID.
    """
    from agents.oauth.login import log_in

    settings = configuration.load()
    (account,) = asyncio.run(choose(settings, account_id))

    def show(url: str) -> None:
        click.echo(f"Open this address in a browser and grant access:\n\n{url}\n", err=True)

    token = asyncio.run(log_in(settings, account, show, _pasted if no_browser else None))
    whose = f" as {token.email}" if token.email else ""
    click.echo(f"{account.id}: access granted{whose}; `triage provider test {account.id}` tries it")


@auth.command()
@click.argument("account_id", metavar="[ACCOUNT]", required=False)
@as_json
def check(account_id: str | None, *, machine: bool) -> None:
    """Say how access stands: whose it is, its scopes, its expiry. Exit 1 when something must be done."""
    _report(account_id, machine=machine, anew=False)


@auth.command()
@click.argument("account_id", metavar="ACCOUNT")
@as_json
def refresh(account_id: str, *, machine: bool) -> None:
    """Get a new access token now, also after a refusal. Exit 1 when the provider gives none."""
    _report(account_id, machine=machine, anew=True)


@auth.command()
def key() -> None:
    """Print a new key for TOKEN_KEY. Keep it as you keep passwords: it opens the stored tokens."""
    from agents.oauth.seal import new_key

    click.echo(new_key())


def _report(account_id: str | None, *, machine: bool, anew: bool) -> None:
    from agents.oauth.providers import provider_of

    settings = configuration.load()
    chosen = asyncio.run(choose(settings, account_id))
    uses = [one for one in chosen if provider_of(one)]
    if account_id and not uses:
        raise click.UsageError(f"{account_id} uses no OAuth; `triage provider test {account_id}` tries it")
    found = asyncio.run(_check(settings, uses, anew=anew))
    ok = all(one.ok for one in found)
    if machine:
        click.echo(orjson.dumps({"ok": ok, "accounts": [dataclasses.asdict(one) for one in found]}))
    else:
        for one in found:
            _tell(one)
        if not found:
            click.echo("no account uses OAuth")
    sys.exit(0 if ok else 1)


async def _check(settings: Any, accounts: Any, *, anew: bool) -> list[Access]:
    from agents.oauth.report import check as look

    return list(await asyncio.gather(*(look(settings, one, anew=anew) for one in accounts)))


def _tell(one: Access) -> None:
    whose = one.belongs_to or "the provider does not say whose"
    click.echo(f"{one.account}: {'ok  ' if one.ok else 'FAIL'} {one.provider} by {one.by}, {one.mailbox} ({whose})")
    if one.scopes:
        click.echo(f"  scopes   {' '.join(one.scopes)}")
    if one.expires_at:
        click.echo(f"  expires  {one.expires_at}, refreshed before that")
    for finding in one.findings:
        click.echo(f"  {finding}")


def _pasted() -> str:
    """A code is worth something until it is redeemed, so it is not shown."""
    text: str = click.prompt("Then paste the address that the browser ended at (not shown)", hide_input=True, err=True)
    return text
