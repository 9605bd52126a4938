"""What `triage provider test`, `account test` and `account add --check` have in common."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

import click
import orjson

if TYPE_CHECKING:
    from agents.accounts import Account
    from infra.settings import Settings


async def probe_all(settings: Settings, accounts: Iterable[Account]) -> list[dict[str, Any]]:
    """The steps of each account, as a program reads them."""
    return list(await asyncio.gather(*(_probe(settings, one) for one in accounts)))


def tell_steps(result: dict[str, Any]) -> None:
    """Print an account's steps for people."""
    for step in result["steps"]:
        took = "" if step["ms"] is None else f" ({step['ms']:.0f} ms)"
        click.echo(f"{result['id']}: {'ok  ' if step['ok'] else 'FAIL'} {step['name']}: {step['detail']}{took}")


def finish(results: list[dict[str, Any]], *, machine: bool) -> NoReturn:
    """Print all and exit: 1 when a step failed."""
    ok = all(one["ok"] for one in results)
    if machine:
        click.echo(orjson.dumps({"ok": ok, "accounts": results}))
    else:
        for one in results:
            tell_steps(one)
    sys.exit(0 if ok else 1)


async def _probe(settings: Settings, account: Account) -> dict[str, Any]:
    from agents.probing.account import probe

    steps = await probe(settings, account)
    listed = [dataclasses.asdict(step) for step in steps]
    return {"id": account.id, "kind": account.kind, "ok": all(step.ok for step in steps), "steps": listed}
