"""What an answer of Gmail's that is no success means (Gmail API, "Resolve errors"). Pure.

The status says little: 403 is a rate, a switched-off API or a missing scope, by its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from agents.sources.base import AuthFailed, ProviderError, ProviderTransient

RETRY_AFTER_MAX_S = 300.0
_USER_RATE = "userRateLimitExceeded"
_RATES = frozenset({_USER_RATE, "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "RATE_LIMIT_EXCEEDED"})


class RateLimited(ProviderTransient):
    """Too many calls: later, and fewer."""

    def __init__(self, message: str, scope: str, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.scope = scope
        """user or project: whose budget was exceeded."""
        self.retry_after_s = retry_after_s


class Gone(ProviderTransient):
    """Not found: for a message that it was deleted, for history that it is no longer kept."""


class Refused(ProviderTransient):
    """The request as such is refused; only its sender can know whether another one would be taken."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def meaning(method: str, status: int, headers: Mapping[str, str], text: bytes) -> ProviderError:
    """The error to raise. Its message has the method, the status and Google's reason: never the answer's text."""
    error = _error(text)
    reasons = _reasons(error)
    said = f"{method}: HTTP {status}" + (f" {reasons[0]}" if reasons else "")
    if status == 429 or (status == 403 and _RATES & {*reasons}):
        # The reason is the same for both limits; only the sentence beside it says "per user" or "for user".
        of_user = _USER_RATE in reasons or "user" in str(error.get("message", "")).lower()
        said += ": the quota is used up; if it stays so, ask Google for more"
        return RateLimited(said, "user" if of_user else "project", _retry_after(headers))
    if status == 401:
        return AuthFailed(f"{said}: the access token is refused; `triage auth check` says more")
    if status == 403:
        return AuthFailed(f"{said}: {_remedy(reasons)}")
    if status == 404:
        return Gone(said)
    if 400 <= status < 500 and status not in {408, 409, 425}:
        return Refused(status, said)
    return ProviderTransient(said)


def name_of(error: BaseException) -> str:
    """An error of the HTTP client without its text, which may quote a URL with its query."""
    return f"no answer ({type(error).__name__})"


def _remedy(reasons: tuple[str, ...]) -> str:
    found = {*reasons}
    if found & {"accessNotConfigured", "SERVICE_DISABLED"}:
        return "enable the Gmail API in the Google Cloud project of the OAuth client"
    if found & {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
        return "the token lacks the scope gmail.readonly; `triage auth login` asks for it"
    if "domainPolicy" in found:
        return "the domain's administrator has switched off Gmail for apps like this one"
    return "access is refused; `triage provider test` says more"


def _error(text: bytes) -> Mapping[str, Any]:
    try:
        error = json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _reasons(error: Mapping[str, Any]) -> tuple[str, ...]:
    """The reasons in an error answer, in both of Google's forms; only words, for anything else may be anything."""
    listed = [one for name in ("errors", "details") for one in _list(error.get(name)) if isinstance(one, dict)]
    reasons = [one.get("reason") for one in listed] + [error.get("status")]
    return tuple(str(reason) for reason in reasons if _is_word(reason))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_word(reason: Any) -> bool:
    return isinstance(reason, str) and len(reason) < 64 and reason.replace("_", "").isalnum() and reason.isascii()


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait (RFC 9110 §10.2.3: a number or a date)."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), RETRY_AFTER_MAX_S)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), RETRY_AFTER_MAX_S)
