"""Which mailbox a run feeds, and which files of a folder are mails: by the same listing that ingest reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from agents.accounts import Account, InvalidAccount, list_accounts, save_account
from agents.sample import OWNER_ADDRESSES, write_sample
from agents.sources.maildir.tree import Look, mails_below
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.run.home import Home
from streams.events import event_id
from streams.moments import utc_text

SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The mails of a folder as they are now."""

    ids: frozenset[bytes]
    """Event ids, 16 bytes each."""
    links: int
    """Symbolic links, which are passed over."""
    closed: tuple[str, ...]
    """Folders that cannot be listed: nobody knows what is in them."""


def account_id(maildir: Path) -> str:
    """The id of a folder's account: the same whenever the same folder is given."""
    return f"maildir-{blake2b(os.fsencode(os.path.realpath(maildir)), digest_size=4).hexdigest()}"


def listing(account: Account) -> Listing:
    """Look at the folder; blocking.

    Raises:
        OSError: it cannot be listed.
    """
    look = Look()
    ids = frozenset(mail for mail, _ in _mails(account, look))
    return Listing(ids=ids, links=look.links, closed=tuple(f"{path or '.'}: {why}" for path, why in look.closed))


def paths(account: Account, wanted: frozenset[bytes]) -> list[str]:
    """Where the mails with these ids lie, relative to the folder, in order; blocking."""
    return sorted(path for mail, path in _mails(account, Look()) if mail in wanted)


def unreadable(account: Account, relative: str) -> str:
    """Why a file cannot be read; empty when it can, or when it is gone."""
    try:
        os.close(os.open(Path(account.maildir or "") / relative, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    return ""


def folder_account(maildir: Path, home: Home) -> Account:
    """The account of `--maildir`: everything in the folder, however old.

    Raises:
        ConfigError: no folder, one that cannot be written down, or one that the run itself writes into.
    """
    root = Path(os.path.realpath(maildir))
    if not root.is_dir():
        raise ConfigError(f"--maildir {maildir}: not a directory; give a Maildir or a folder of raw mails")
    if home.root.is_relative_to(root) and not any(part.startswith(".") for part in home.root.relative_to(root).parts):
        raise ConfigError(f"--maildir {maildir}: holds the run's own directory {home.root}; choose another --home")
    try:
        return Account(id=account_id(root), kind="maildir", maildir=str(root), since_days=None, created_at=_now())
    except InvalidAccount as error:
        raise ConfigError(f"--maildir {maildir}: {error}; rename it") from None


def sample_account(home: Home) -> Account:
    """The bundled mailbox, delivered into HOME."""
    write_sample(home.sample, datetime.now(UTC))
    return Account(
        id=SAMPLE, kind="maildir", owner=OWNER_ADDRESSES, maildir=str(home.sample), since_days=None, created_at=_now()
    )


async def chosen(settings: Settings, home: Home, *, maildir: Path | None, sample: bool) -> Account | None:
    """The mailbox that this run feeds, saved on the `accounts` topic; None: those that are configured already.

    Raises:
        ConfigError: see `folder_account`. KafkaUnavailable.
    """
    known = {one.id: one for one in (await list_accounts(settings))[0]}
    if maildir is not None:
        wanted = folder_account(maildir, home)
    elif sample or not known:
        wanted = sample_account(home)
    else:
        return known.get(SAMPLE)
    before = known.get(wanted.id)
    if before is None or replace(wanted, created_at=before.created_at) != before:
        await save_account(settings, wanted)
    return wanted


def _mails(account: Account, look: Look) -> Iterator[tuple[bytes, str]]:
    for mail in mails_below(account.maildir or "", look):
        yield bytes.fromhex(event_id(account.id, "maildir", mail.name)), mail.path


def _now() -> str:
    return utc_text(datetime.now(UTC))
