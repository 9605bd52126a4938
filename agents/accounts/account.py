"""One mailbox as the `accounts` topic describes it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import orjson

from agents.accounts import secret as secrets
from infra.errors import Permanent

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+=-]{0,127}")
_ADDRESS = re.compile(r"[^\s,@\x00-\x1f]+@[^\s,@\x00-\x1f]+")
SETTING: Literal["setting"] = "setting"
Part = TypeVar("Part")
OAUTH_SECRETS = frozenset({"oauth:google", "oauth:microsoft"})
"""In the place of a reference: the tokens that `triage auth login` stored (agents/oauth)."""
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
class GmailMailbox:
    """How a mailbox is read through the Gmail API."""

    email: str
    """The mailbox's primary address."""
    labels: tuple[str, ...] = ("INBOX",)
    """Ids of the labels whose mails are read."""
    service_account: str = ""
    """Reference to a service account's JSON key with domain-wide delegation; empty: `triage auth login`."""

    def __post_init__(self) -> None:
        _require(_matches(_ADDRESS, self.email), "gmail.email", "name@domain", self.email)
        _require(
            bool(self.labels) and all(map(_clean, self.labels)) and len(set(self.labels)) == len(self.labels),
            "gmail.labels", "one or more different label ids", list(self.labels),
        )  # fmt: skip
        if self.service_account:
            _require_reference("gmail.service_account", self.service_account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mailbox. Constructing it validates it.

    Raises:
        InvalidAccount
    """

    id: str
    """Key of all its records; never reused for another mailbox."""
    kind: str
    """imap, maildir or gmail."""
    owner: tuple[str, ...] = ()
    """Addresses of the mailbox's owner."""
    imap: ImapServer | None = None
    """For kind gmail: what takes over while the Gmail API is away (FALLBACK_PROVIDER=imap)."""
    gmail: GmailMailbox | None = None
    maildir: str | None = None
    """Absolute path of a Maildir or a folder tree of raw mails, on the machine of the ingest process."""
    secret: str = ""
    """Of the IMAP login. Reference: env:NAME or file:/path; or oauth:google, oauth:microsoft."""
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
        if self.kind not in _PARTS:
            raise InvalidAccount(f"kind: imap, maildir or gmail, not {_shown(self.kind)}")
        for part, wanted in _PARTS[self.kind].items():
            self._require_part(part, wanted)
        if self.maildir is not None:
            _require(_clean(self.maildir) and self.maildir[:1] == "/", "maildir", "an absolute path", self.maildir)
        self._validate_secret()

    def _require_part(self, part: str, wanted: bool | None) -> None:
        present = getattr(self, part) is not None
        if wanted is not None and present != wanted:
            rule = f"present for kind {self.kind}" if wanted else f"absent for kind {self.kind}"
            raise InvalidAccount(f"{part}: {rule}, not {'present' if present else None!r}")

    def _validate_secret(self) -> None:
        if self.imap is None:
            _require(not self.secret, "secret", "absent where nothing logs in with it", "present")
        elif self.secret in OAUTH_SECRETS:
            _require(
                self.kind != "gmail" or self.secret.endswith(":google"), "secret", "of Google for gmail", self.secret
            )
            _require(self.imap.auth == "xoauth2", "imap.auth", f"xoauth2 with {self.secret}", self.imap.auth)
        else:
            _require_reference("secret", self.secret)

    @property
    def folders(self) -> tuple[str, ...]:
        """What is read side by side: the IMAP folders. Maildir and Gmail are read as one whose name is empty."""
        return tuple(map(canonical, self.imap.folders)) if self.kind == "imap" and self.imap else ("",)

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
            parts = {
                "owner": _listed(data, "owner"),
                "imap": _part(ImapServer, data.get("imap"), "folders", "INBOX"),
                "gmail": _part(GmailMailbox, data.get("gmail"), "labels", "INBOX"),
            }
            account = cls(**_known(cls, {**data, **parts}))
        except (orjson.JSONDecodeError, TypeError, AttributeError, ValueError) as error:
            raise InvalidAccount(f"not an account record: {error}") from None
        _require(key is None or account.id.encode() == key, "id", "the record's key", account.id)
        return account


_PARTS: Mapping[str, Mapping[str, bool | None]] = {
    "imap": {"imap": True, "gmail": False, "maildir": False},
    "maildir": {"imap": False, "gmail": False, "maildir": True},
    "gmail": {"imap": None, "gmail": True, "maildir": False},
}
"""Which part of a record each kind must have, must not have, or may have (None)."""


def _part(cls: type[Part], data: Mapping[str, Any] | None, names: str, *default: str) -> Part | None:
    """A part of a record; its field `names` is a list in JSON and a tuple here."""
    if data is None:
        return None
    return cls(**_known(cls, {**data, names: _listed(data, names, *default)}))


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


def _require_reference(field: str, reference: Any) -> None:
    try:
        secrets.validate(reference)
    except secrets.InvalidReference as error:
        raise InvalidAccount(str(error).replace("secret", field, 1)) from None


def _is_loopback(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
