"""One mailbox as the `accounts` topic describes it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from agents.accounts import secret as secrets
from infra.errors import Permanent

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+=-]{0,127}")
_ADDRESS = re.compile(r"[^\s,@\x00-\x1f]+@[^\s,@\x00-\x1f]+")
SETTING: Literal["setting"] = "setting"
MAX_SHOWN = 200
MAX_FOLDERS = 15
"""Each folder is a connection of its own, and Gmail allows an account so many."""


class InvalidAccount(Permanent):
    """An account record breaks the contract; the message names the field, its value (never a secret) and the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """How an IMAP mailbox is reached."""

    host: str
    port: int = 993
    security: str = "tls"
    """tls, starttls or plain."""
    username: str
    auth: str = "password"
    """password or xoauth2."""
    folders: tuple[str, ...] = ("INBOX",)
    cafile: str | None = None
    """PEM file with the authorities that may sign the server's certificate; None: the system's."""
    allow_plaintext: bool = False
    """Accept that security "plain" sends the secret in the clear to another machine."""

    def __post_init__(self) -> None:
        _require(
            _clean(self.host) and " " not in self.host and len(self.host) <= 253,  # RFC 1035 §2.3.4
            "imap.host", "a host name or address", self.host,
        )  # fmt: skip
        _require(_whole(self.port) and _within(self.port, 1, 65535), "imap.port", "1..65535", self.port)
        _require(
            self.security in {"tls", "starttls", "plain"}, "imap.security", "tls, starttls or plain", self.security
        )
        _require(self.auth in {"password", "xoauth2"}, "imap.auth", "password or xoauth2", self.auth)
        _require(_clean(self.username), "imap.username", "a non-empty text", self.username)
        _require(
            all(map(_clean, self.folders)) and 1 <= len(self.folders) == len(set(map(canonical, self.folders))),
            "imap.folders", "different folder names (INBOX is the same in any case)", list(self.folders),
        )  # fmt: skip
        _require(
            len(self.folders) <= MAX_FOLDERS,
            "imap.folders", f"at most {MAX_FOLDERS}: each is a connection of its own", len(self.folders),
        )  # fmt: skip
        _require(
            self.cafile is None or (_clean(self.cafile) and str(self.cafile)[:1] == "/"),
            "imap.cafile", "an absolute path or null", self.cafile,
        )  # fmt: skip
        _require(isinstance(self.allow_plaintext, bool), "imap.allow_plaintext", "true or false", self.allow_plaintext)
        if self.security == "plain" and not (self.allow_plaintext or _is_loopback(self.host)):
            raise InvalidAccount(
                f"imap.security: plain would send the secret in the clear to {self.host}: use tls or starttls,"
                " or set allow_plaintext (--allow-plaintext) if that is really meant"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mailbox. Constructing it validates it.

    Raises:
        InvalidAccount
    """

    id: str
    """Key of all its records; never reused for another mailbox."""
    kind: str
    """imap or maildir."""
    owner: tuple[str, ...] = ()
    """Addresses of the mailbox's owner."""
    imap: ImapServer | None = None
    maildir: str | None = None
    """Absolute path of a Maildir or a folder tree of raw mails, on the machine of the ingest process."""
    secret: str = ""
    """Reference: env:NAME or file:/path."""
    since_days: float | str | None = SETTING
    """How far back the first contact reads: days, None for everything, "setting" for FIRST_CONTACT_DAYS."""
    enabled: bool = True
    created_at: str = ""
    """RFC 3339, UTC."""

    def __post_init__(self) -> None:
        _require(
            _matches(_ID, self.id),
            "id", "1..128 letters, digits and . _ @ + = -, starting with a letter or digit", self.id,
        )  # fmt: skip
        for address in self.owner:
            _require(_matches(_ADDRESS, address), "owner", "name@domain", address)
        _require(isinstance(self.enabled, bool), "enabled", "true or false", self.enabled)
        days = self.since_days
        _require(
            days is None or days == SETTING or _within(days, 0, 36500),
            "since_days", 'days (0..36500), null for everything or "setting"', days,
        )  # fmt: skip
        if self.kind == "imap":
            self._validate_imap()
        elif self.kind == "maildir":
            _require(self.imap is None, "imap", "absent for a maildir", "present")
            _require(_clean(self.maildir) and str(self.maildir)[:1] == "/", "maildir", "an absolute path", self.maildir)
        else:
            raise InvalidAccount(f"kind: imap or maildir, not {_shown(self.kind)}")

    def _validate_imap(self) -> None:
        _require(self.imap is not None, "imap", "present for an imap account", None)
        _require(self.maildir is None, "maildir", "absent for an imap account", self.maildir)
        try:
            secrets.validate(self.secret)
        except secrets.InvalidReference as error:
            raise InvalidAccount(str(error)) from None

    @property
    def folders(self) -> tuple[str, ...]:
        """What is read side by side: the IMAP folders; a Maildir is read as one, its name is empty."""
        return tuple(map(canonical, self.imap.folders)) if self.imap else ("",)

    def encode(self) -> bytes:
        """The record's value."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, key: bytes | None, value: bytes) -> Account:
        """Read a record; fields that a newer version added are passed over.

        Raises:
            InvalidAccount
        """
        try:
            data = orjson.loads(value)
            account = cls(**_known(cls, {**data, "owner": _listed(data, "owner"), "imap": _server(data.get("imap"))}))
        except (orjson.JSONDecodeError, TypeError, AttributeError, ValueError) as error:
            raise InvalidAccount(f"not an account record: {error}") from None
        _require(key is None or account.id.encode() == key, "id", "the record's key", account.id)
        return account


def _server(data: Mapping[str, Any] | None) -> ImapServer | None:
    if data is None:
        return None
    return ImapServer(**_known(ImapServer, {**data, "folders": _listed(data, "folders", "INBOX")}))


def canonical(folder: str) -> str:
    """INBOX is the one name without case (RFC 3501 §5.1): two spellings of it are one folder with one cursor."""
    return "INBOX" if folder.upper() == "INBOX" else folder


def _listed(data: Mapping[str, Any], name: str, *default: str) -> tuple[Any, ...]:
    """A list's items. A single text would be taken for a list of letters."""
    given = data.get(name, default)
    _require(isinstance(given, list | tuple), name, "a list", given)
    return tuple(given)


def _known(cls: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in cls.__slots__}


def _matches(pattern: re.Pattern[str], text: Any) -> bool:
    return isinstance(text, str) and bool(pattern.fullmatch(text))


def _within(number: Any, least: float, most: float) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and least <= number <= most


def _whole(number: Any) -> bool:
    return isinstance(number, int)


def _clean(text: Any) -> bool:
    return isinstance(text, str) and bool(text) and text.isprintable()


def _require(holds: bool, field: str, rule: str, value: Any) -> None:
    if not holds:
        raise InvalidAccount(f"{field}: {rule}, not {_shown(value)}")


def _shown(value: Any) -> str:
    """A value as a message quotes it: messages go to the log and the status topic."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}… ({len(text)} characters)"


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
