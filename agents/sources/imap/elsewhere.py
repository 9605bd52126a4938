"""Where mails went that have left a folder: the newest of every other folder are compared by Message-ID.

No other program tells: MOVE is COPY and EXPUNGE to all who follow (RFC 6851 §3.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from agents.sources.imap import responses
from agents.sources.imap.acts import Place, hashed, letters, place_of
from agents.sources.imap.connection import Connection, said
from agents.sources.imap.names import decode_leniently, quoted
from agents.sources.imap.responses import Listed

FOLDERS = 20
"""An account with more is not searched to the end: then of a mail that is not found nothing is told."""
NEWEST = 50
"""Mails of a folder that are compared: what was moved a moment ago is among the last."""
_ORDER = (Place.JUNK, Place.TRASH, Place.KEPT)


@dataclass(slots=True, kw_only=True)
class Found:
    """Of the mails that were looked for, by the hash of their Message-ID."""

    at: dict[str, tuple[Place, str]] = field(default_factory=dict)
    """Where each is, and its flags."""
    here: Place = Place.KEPT
    """What the folder is that they left."""
    complete: bool = True
    """Whether what was not found is nowhere."""


async def look_elsewhere(connection: Connection, folder: str, wanted: Collection[str]) -> Found:
    """Look for mails; afterwards another folder is open. Raises ProviderTransient."""
    found, others = Found(), []
    for one in await _folders(connection):
        if decode_leniently(one.wire_name) == folder:
            found.here = place_of(one)
        elif place_of(one) is not Place.BESIDE:
            others.append(one)
    others.sort(key=lambda one: (_ORDER.index(place_of(one)), "\\all" in one.attributes))
    found.complete = len(others) <= FOLDERS
    missing = set(wanted) - {""}
    for one in others[:FOLDERS]:
        if not missing:
            break
        newest = await _newest(connection, one)
        found.complete = found.complete and newest is not None
        for message, flags in (newest or {}).items():
            if message in missing:
                missing.discard(message)
                found.at[message] = (place_of(one), flags)
    return found


async def _folders(connection: Connection) -> list[Listed]:
    """With their special uses, where the server says them only when it is asked (RFC 6154 §3, RFC 5258)."""
    extended = {"SPECIAL-USE", "LIST-EXTENDED"} <= connection.wire.capabilities
    call = await connection.ask("LIST", b'"" "*" RETURN (SPECIAL-USE)' if extended else b'"" "*"')
    return [one for one in await said(call, b"LIST", responses.listed) if one]


async def _newest(connection: Connection, folder: Listed) -> dict[str, str] | None:
    """Flags of a folder's newest mails, by hash; None: it cannot be opened or read."""
    if (await connection.call("EXAMINE", quoted(folder.wire_name))).status != "OK":
        return None
    exists = connection.wire.exists
    if not exists:
        return {}
    items = f"{max(1, exists - NEWEST + 1)}:{exists} (UID FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
    call = await connection.call("FETCH", items.encode("ascii"))
    if call.status != "OK":
        return None
    marked = [one for one in await said(call, b"FETCH", responses.marked) if one]
    return {hashed(one.message_id): letters(one.flags) for one in marked if one.message_id}
