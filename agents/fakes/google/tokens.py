"""Who may do what: clients, consents, refresh and access tokens, service accounts. The caller says what time it is."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from agents.fakes.google.signing import BadToken, Key, claimed

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
CODE_LIFETIME_S = 600
ASSERTION_MAX_S = 3600
SKEW_S = 300
"""An assertion's iat may be this far in the future (Google: "in a reasonable timeframe")."""


class OAuthError(Exception):
    """An error answer of the token endpoint (RFC 6749 section 5.2) in Google's words."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(error)
        self.code = code
        self.body = {"error": error, "error_description": description}


def invalid_grant(description: str = "Token has been expired or revoked.") -> OAuthError:
    """The refresh token, code or assertion is no good and never will be."""
    return OAuthError("invalid_grant", description)


@dataclass
class Grant:
    """A user's consent; its refresh token stays until revoked."""

    user: str
    client_id: str
    scopes: frozenset[str]
    refresh_token: str = ""
    revoked: bool = False


@dataclass(frozen=True)
class Access:
    """What an access token stands for."""

    grant: Grant
    expires_s: float


@dataclass(frozen=True)
class Code:
    """An authorization code: good once, for ten minutes."""

    grant: Grant
    redirect_uri: str
    challenge: str
    expires_s: float


@dataclass
class ServiceAccount:
    """A service account and what its domain lets it do for others."""

    email: str
    key: Key
    scopes: frozenset[str]
    """Domain-wide delegation for these; empty: none."""
    domains: frozenset[str] | None = None
    """Only for addresses in these; None: all mailboxes here."""


@dataclass
class Authority:
    """All of it."""

    lifetime_s: float = 3599
    """How long new access tokens are good."""
    told_s: float | None = None
    """`expires_in` says this instead: a server whose tokens die early."""
    clients: dict[str, str] = field(default_factory=dict)
    """client_id → client_secret."""
    service_accounts: dict[str, ServiceAccount] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    """refresh token → consent."""
    access: dict[str, Access] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)

    def check_client(self, client_id: str, secret: str) -> None:
        """Raise OAuthError unless both are right."""
        if client_id not in self.clients:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if self.clients[client_id] != secret:
            raise OAuthError("invalid_client", "Unauthorized", 401)

    def consent(self, user: str, client_id: str, scopes: Iterable[str]) -> Grant:
        """The user agrees: a new refresh token."""
        grant = Grant(user, client_id, frozenset(scopes), f"1//0{secrets.token_urlsafe(48)}")
        self.grants[grant.refresh_token] = grant
        return grant

    def issue(self, grant: Grant, now_s: float) -> str:
        """A new access token."""
        token = f"ya29.{secrets.token_urlsafe(90)}"
        self.access[token] = Access(grant, now_s + self.lifetime_s)
        return token

    def answer(self, grant: Grant, now_s: float) -> dict[str, Any]:
        """The token endpoint's answer with a new access token."""
        return {
            "access_token": self.issue(grant, now_s),
            "expires_in": int(self.lifetime_s if self.told_s is None else self.told_s),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }

    def who(self, token: str, now_s: float) -> Access | None:
        """What a token stands for, unless expired, revoked or unknown."""
        found = self.access.get(token)
        return None if found is None or found.grant.revoked or found.expires_s <= now_s else found

    def authorize(self, grant: Grant, redirect_uri: str, challenge: str, now_s: float) -> str:
        """A new authorization code."""
        code = f"4/0{secrets.token_urlsafe(40)}"
        self.codes[code] = Code(grant, redirect_uri, challenge, now_s + CODE_LIFETIME_S)
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str, now_s: float) -> Grant:
        """The consent behind a code, once; PKCE checked (RFC 7636 section 4.6)."""
        found = self.codes.pop(code, None)
        if found is None or found.expires_s <= now_s or found.grant.client_id != client_id:
            raise invalid_grant("Malformed auth code.")
        if found.redirect_uri != redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if found.challenge and not verifier:
            raise invalid_grant("Missing code verifier.")
        if found.challenge and found.challenge != s256(verifier):
            raise invalid_grant("Invalid code verifier.")
        return found.grant

    def refresh(self, refresh_token: str, client_id: str) -> Grant:
        """The consent behind a refresh token, or invalid_grant."""
        grant = self.grants.get(refresh_token)
        if grant is None or grant.revoked:
            raise invalid_grant()
        if grant.client_id != client_id:
            raise OAuthError("unauthorized_client", "Unauthorized", 401)
        return grant

    def assert_service(
        self, assertion: str, audiences: Collection[str], mailboxes: Collection[str], now_s: float
    ) -> Grant:
        """The consent that a service account's assertion stands for (RFC 7523).

        Without `sub` it acts for itself, and has no mailbox.
        """
        try:
            account = self.service_accounts.get(claimed(assertion).get("iss", ""))
            if account is None:
                raise invalid_grant("Invalid grant: account not found")
            claims = account.key.verified(assertion)
        except BadToken:
            raise invalid_grant("Invalid JWT Signature.") from None
        _check_times(claims, now_s)
        if claims.get("aud") not in audiences:
            raise invalid_grant(f"Invalid JWT: Failed audience check. The right audience is {min(audiences)}")
        wanted = frozenset(str(claims.get("scope", "")).split())
        subject = str(claims.get("sub") or account.email)
        grant = Grant(subject, account.email, wanted)
        if subject == account.email:
            return grant
        domain_open = account.domains is None or subject.partition("@")[2] in account.domains
        if not wanted or not wanted <= account.scopes or not domain_open:
            raise OAuthError(
                "unauthorized_client",
                "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any "
                "of the scopes requested.",
                401,
            )
        if subject not in mailboxes:
            raise invalid_grant("Invalid email or User ID")
        return grant

    def revoke(self, token: str) -> bool:
        """Void the consent behind a refresh or access token with all its tokens; False when there is none."""
        access = self.access.get(token)
        grant = self.grants.get(token) or (access.grant if access else None)
        if grant is None or grant.revoked:
            return False
        grant.revoked = True
        return True

    def revoke_user(self, user: str) -> int:
        """Void everything that speaks for this user, as a change of password does. How many consents."""
        found = [access.grant for access in self.access.values()] + list(self.grants.values())
        voided = {id(grant): grant for grant in found if grant.user == user and not grant.revoked}
        for grant in voided.values():
            grant.revoked = True
        return len(voided)


def s256(verifier: str) -> str:
    """PKCE's code_challenge of a verifier (RFC 7636 section 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _check_times(claims: dict[str, Any], now_s: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    fine = (
        isinstance(issued, int)
        and isinstance(expires, int)
        and issued - SKEW_S <= now_s < expires
        and expires - issued <= ASSERTION_MAX_S
    )
    if not fine:
        raise invalid_grant(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat "
            "and exp values in the JWT claim."
        )
