"""What a grant yields, and what is kept of it. A repr shows no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token to show to a provider."""

    value: str = field(repr=False)
    expires_at: float
    """Seconds since the epoch."""
    lifetime_s: float
    """How long it was valid when it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """What `triage auth login` obtained for one account, and the newest access token made from it."""

    provider: str
    """google or microsoft."""
    client_id: str
    """The OAuth client it was given to; no other can use it (RFC 6749 §6)."""
    scopes: tuple[str, ...]
    """What was granted."""
    email: str = ""
    """Whose mailbox it opens as the provider says; empty: it does not say."""
    refresh_token: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    expires_at: float = 0.0
    """Of the access token, seconds since the epoch."""
    lifetime_s: float = 0.0
    login_at: float = 0.0
    refreshed_at: float = 0.0
    refused: str = ""
    """Why the provider takes the refresh token no more (RFC 6749 §5.2); empty: it does. Final until the next login."""

    @property
    def access(self) -> AccessToken | None:
        """The access token, when there is one."""
        if not self.access_token:
            return None
        return AccessToken(value=self.access_token, expires_at=self.expires_at, lifetime_s=self.lifetime_s)

    def encode(self) -> bytes:
        """As JSON, to be sealed."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read it; fields that a newer version added are passed over.

        Raises:
            ValueError, TypeError: it is none.
        """
        found = orjson.loads(data)
        if not isinstance(found, Mapping):
            raise TypeError("not an object")
        known: dict[str, Any] = {name: value for name, value in found.items() if name in cls.__slots__}
        return cls(**{**known, "scopes": tuple(known.get("scopes", ()))})
