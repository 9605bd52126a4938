"""Dead letters as rows and JSON objects. All text in them but ours may be hostile: what is printed is made harmless."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from infra.terminal import printable
from streams.dead_letters.anatomy import Anatomy, anatomy, lines
from streams.dead_letters.letter import Cause, Letter
from streams.dead_letters.note import Note
from streams.moments import utc_text
from streams.reading import Record

_MAIL = b"message/rfc822"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """Open letters of one cause."""

    cause: Cause
    letters: int
    accounts: int
    oldest: str
    newest: str


def written(one: Letter) -> str:
    """When it was given up, by the broker's clock."""
    return utc_text(datetime.fromtimestamp(one.written_ms / 1000, UTC))


def row(one: Letter, note: Note | None) -> str:
    """A letter on one line."""
    again = f"  put back {one.attempt}×" if one.attempt else ""
    state = f"  {note.state} {note.at} by {note.who}" if note else ""
    return printable(
        f"{one.place!s:>10}  {written(one)}  {one.event_id[:8]:<8}  {one.account[:24]:<24}"
        f"  {one.agent}/{one.error}: {one.reason[:90]}{again}{state}"
    )


def as_json(one: Letter, note: Note | None) -> dict[str, Any]:
    """A letter for programs."""
    return {
        "place": str(one.place),
        "written_at": written(one),
        "event_id": one.event_id,
        "account": one.account,
        "origin": str(one.origin) if one.origin else None,
        "agent": one.agent,
        "error": one.error,
        "reason": one.reason,
        "cause": one.cause.id,
        "failed_at": one.at,
        "attempt": one.attempt,
        "history": list(one.history),
        "bytes": one.size,
        "state": note.state if note else "open",
        "note": asdict(note) if note else None,
    }


def causes(letters: Iterable[Letter]) -> list[CauseRow]:
    """Letters by their cause, the most frequent first."""
    rows = []
    ordered = sorted(letters, key=lambda one: (one.cause, one.written_ms))
    for cause, group in groupby(ordered, key=lambda one: one.cause):
        found: Sequence[Letter] = list(group)
        rows.append(
            CauseRow(
                cause=cause,
                letters=len(found),
                accounts=len({one.account for one in found}),
                oldest=written(found[0]),
                newest=written(found[-1]),
            )
        )
    return sorted(rows, key=lambda one: -one.letters)


def cause_row(one: CauseRow) -> str:
    """A cause on one line."""
    return printable(
        f"{one.cause.id}  {one.letters:>7} of {one.accounts} accounts  {one.oldest} to {one.newest}"
        f"  {one.cause.agent}/{one.cause.error}: {one.cause.reason[:120]}"
    )


def cause_json(one: CauseRow) -> dict[str, Any]:
    """A cause for programs."""
    return {"cause": one.cause.id, **one.cause._asdict()} | {
        name: getattr(one, name) for name in ("letters", "accounts", "oldest", "newest")
    }


def described(one: Letter, note: Note | None, record: Record, *, body: bool) -> list[str]:
    """A letter in full, a fact a line; its bytes only when asked for."""
    facts = [
        f"dead letter  {one.place}, written {written(one)}",
        f"event        {one.event_id or 'none'} of account {one.account or 'none'}",
        f"failed       {one.origin or 'the record does not say where: it cannot be put back'}",
        f"in           {one.agent or '?'} at {one.at or '?'}",
        f"error        {one.error or '?'}: {one.reason}   (cause {one.cause.id})",
        f"state        {f'{note.state} {note.at} by {note.who}: {note.why}' if note else 'open'}",
    ]
    for number, failure in enumerate(one.history, 1):
        told = " ".join(str(failure.get(name, "?")) for name in ("at", "agent"))
        facts.append(f"failure {number}    {told} {failure.get('error', '?')}: {failure.get('reason', '')}")
    facts.append(f"put back     {one.attempt}×")
    if _is_mail(record):
        facts += _structure(anatomy(record.value or b""))
    else:
        facts.append(f"value        {one.size:,} bytes, not a mail (the record is from {one.origin or 'elsewhere'})")
    if body:
        facts += ["", *(record.value or b"").decode("utf-8", "replace").splitlines()]
    return [printable(fact) for fact in facts]


def described_json(one: Letter, note: Note | None, record: Record, *, body: bool) -> dict[str, Any]:
    """The same for programs; the bytes in base64."""
    found = as_json(one, note) | {"structure": asdict(anatomy(record.value or b"")) if _is_mail(record) else None}
    if body:
        found["value_base64"] = None if record.value is None else base64.b64encode(record.value).decode()
    return found


def _is_mail(record: Record) -> bool:
    return dict(record.headers).get("content-type") == _MAIL


def _structure(found: Anatomy) -> list[str]:
    odd = f"   ({', '.join(found.odd)})" if found.odd else ""
    first = f"mail         {found.header_fields} header fields, {found.body_bytes:,} bytes of body{odd}"
    return [first, *(f"             {line}" for line in (lines(found.root) if found.root else ()))]
