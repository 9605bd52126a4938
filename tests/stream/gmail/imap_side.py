"""The IMAP side of a fake Gmail mailbox: the same mails under the same numbers (X-GM-MSGID), also while its API is away."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from agents.fakes.google.client import Remote
from tests.unit.imap.scripted import ScriptedServer

GREETING = b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN X-GM-EXT-1] hello\r\n"


class ImapSide(ScriptedServer):
    """`deliver` mails through it, so that it knows their bytes. Folders are the inbox, whatever their name."""

    def __init__(self, google: Remote, user: str, greeting: bytes = GREETING) -> None:
        super().__init__(
            {
                "EXAMINE": lambda _: self._examined(),
                "NOOP": lambda _: b"* %d EXISTS\r\n" % len(self._mails),
                "UID SEARCH": self._found,
                "UID FETCH META": lambda line: self._fetched(line, body=False),
                "UID FETCH BODY": lambda line: self._fetched(line, body=True),
                "UID FETCH LAST": lambda line: self._fetched(line, body=False),
            },
            greeting,
        )
        self._google, self._user = google, user
        self._mails: dict[int, tuple[str, bytes]] = {}
        self._uids = count(1)

    def deliver(self, *mails: bytes) -> list[str]:
        ids = self._google.deliver(self._user, *mails)
        self._mails |= {next(self._uids): one for one in zip(ids, mails, strict=True)}
        return ids

    def _examined(self) -> bytes:
        last = max(self._mails, default=0)
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT %d] ok\r\n" % (len(self._mails), last + 1)

    def _found(self, line: bytes) -> bytes:
        first, _, last = line.split()[4].partition(b":") if b" UID " in line[8:] else (b"1", b"", b"*")
        most = max(self._mails, default=0) if last == b"*" else int(last or first)
        return b"* SEARCH %s\r\n" % b" ".join(b"%d" % uid for uid in self._mails if int(first) <= uid <= most)

    def _fetched(self, line: bytes, *, body: bool) -> bytes:
        today = datetime.now(UTC).strftime("%d-%b-%Y %H:%M:%S +0000").encode()
        said = b""
        for uid in _uids(line.split()[3], max(self._mails, default=0)):
            if uid in self._mails:
                name, raw = self._mails[uid]
                item = b"BODY[] {%d}\r\n%s" % (len(raw), raw) if body else b"RFC822.SIZE %d" % len(raw)
                date = b'INTERNALDATE "%s" X-GM-MSGID %d' % (today, int(name, 16))
                said += b"* %d FETCH (UID %d %s %s)\r\n" % (uid, uid, date, item)
        return said


def _uids(text: bytes, newest: int) -> list[int]:
    found: list[int] = []
    for part in text.split(b","):
        first, _, last = part.replace(b"*", b"%d" % newest).partition(b":")
        found += range(int(first), int(last or first) + 1)
    return found
