"""Mails of IMAP folders that were rebuilt (another UIDVALIDITY): the log has them under ids that are void now, but with
the same fingerprints, by which ingest recognised them, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from agents.accounts import Account
from agents.accounts.account import canonical
from agents.ingest.sources import imap_account
from agents.sources.imap.account import ImapLimits
from agents.sources.imap.connection import Connection, open_connection
from agents.sources.imap.listing import DESCRIBED_MAX, portions
from agents.sources.imap.mails import Mails
from infra.settings import Settings


@dataclass(slots=True)
class Remembered:
    """What the log says of an account's mails beside their ids."""

    fingerprints: set[str] = field(default_factory=set)
    validities: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """UIDVALIDITY values by the folder's name as locations write it."""

    def add(self, location: str, fingerprint: str) -> None:
        """A mail on the log."""
        folder, _, place = location.partition(";UIDVALIDITY=")
        if place:
            self.validities[folder].add(place.partition(";")[0])
        if fingerprint:
            self.fingerprints.add(fingerprint)

    def was_rebuilt(self, folder: str, uidvalidity: int) -> bool:
        """Whether mails of the folder are on the log under another UIDVALIDITY than its present one."""
        return bool(self.validities[quote(folder, safe="/", errors="replace")] - {str(uidvalidity)})


async def recognised(
    settings: Settings, account: Account, missing: Mapping[str, str], log: Remembered
) -> frozenset[str]:
    """Event ids of the missing mails (id → place as `listing` gives it) whose content is on the log. Only mails of
    rebuilt folders are fetched, by BODY.PEEK.

    Raises:
        ProviderTransient, AuthFailed, ConfigError
    """
    if account.kind != "imap" or account.imap is None or not missing:
        return frozenset()
    uids: defaultdict[str, list[int]] = defaultdict(list)
    for place in missing.values():
        folder, _, uid = place.rpartition(";UID=")
        uids[folder].append(int(uid))
    limits = ImapLimits.of(settings)
    found: set[str] = set()
    connection = await open_connection(imap_account(settings, account, account.imap), limits)
    try:
        for folder, missed in uids.items():
            state = await connection.examine(canonical(folder))
            if log.was_rebuilt(canonical(folder), state.uidvalidity):
                mails = Mails(account.id, canonical(folder), limits)
                found |= await _known(connection, mails, state.uidvalidity, sorted(missed), log.fingerprints)
    finally:
        await connection.close()
    return frozenset(found)


async def _known(
    connection: Connection, mails: Mails, uidvalidity: int, uids: Sequence[int], fingerprints: set[str]
) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(uids), DESCRIBED_MAX):
        described = await mails.describe(connection, uids[at : at + DESCRIBED_MAX])
        for portion in portions(described, mails.fetch_size):
            taken = await mails.take(connection, uidvalidity, portion, datetime.now(UTC))
            found |= {mail.event_id for mail in taken if mail.fingerprint in fingerprints}
    return found
