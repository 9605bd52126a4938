"""How one IMAP account is reached, and the bounds within which it is read."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from infra.errors import ConfigError
from infra.settings import Settings

Secret = Callable[[], str | Awaitable[str]]
"""Returns the current password or access token. Asked anew at every login, so that a rotated secret is taken up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """One account.

    Raises:
        ConfigError: plain text to a host that is not this machine, unless `allow_plaintext`; an unknown word.
    """

    account: str
    """The mailbox id: key of its records."""
    host: str
    port: int = 993
    security: Literal["tls", "starttls", "plain"] = "tls"
    username: str
    auth: Literal["password", "xoauth2"] = "password"
    secret: Secret = field(repr=False)
    refused: Callable[[str], None] | None = None
    """Told of a secret that the server refused, where another may be had at once: then login is tried once more."""
    owner: tuple[str, ...] = ()
    """Addresses of the mailbox's owner."""
    folders: tuple[str, ...] = ("INBOX",)
    cafile: Path | None = None
    """PEM file with the authorities that may sign the server's certificate; None: the system's."""
    allow_plaintext: bool = False

    def __post_init__(self) -> None:
        if self.security not in {"tls", "starttls", "plain"}:
            raise ConfigError(f"account {self.account}: security={self.security!r}: tls, starttls or plain")
        if self.auth not in {"password", "xoauth2"}:
            raise ConfigError(f"account {self.account}: auth={self.auth!r}: password or xoauth2")
        if self.security == "plain" and not (self.allow_plaintext or is_loopback(self.host)):
            raise ConfigError(
                f"account {self.account}: security='plain' would send the secret in the clear to {self.host}; "
                "use tls or starttls, or set allow_plaintext if that is really meant"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapLimits:
    """Bounds of reading; `Settings` says what each means."""

    first_contact_days: float = 7.0
    mail_max_bytes: int = 512 * 1024
    idle_s: float = 300.0
    poll_s: float = 60.0
    timeout_s: float = 30.0
    acts_s: float = 0.0
    """0: nobody looks at what people do to their mail."""

    @classmethod
    def of(cls, settings: Settings) -> ImapLimits:
        """The bounds that the settings name."""
        return cls(
            first_contact_days=settings.first_contact_days,
            mail_max_bytes=settings.mail_max_bytes,
            idle_s=settings.imap_idle_s,
            poll_s=settings.imap_poll_s,
            timeout_s=settings.imap_timeout_s,
            acts_s=settings.imap_acts_s,
        )


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its very name."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
