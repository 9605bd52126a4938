"""Errors as Google writes them: a table of name, status, reason and words (Gmail API, "Resolve errors")."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CREDENTIALS = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
QUOTA = (
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute{scope}' of service "
    "'gmail.googleapis.com' for consumer 'project_number:1'."
)
USER_QUOTA = QUOTA.format(scope=" per user")
PROJECT_QUOTA = QUOTA.format(scope="")
TOO_MANY = "Too many concurrent requests for user"


@dataclass(eq=False)
class ApiError(Exception):
    """An answer other than 2xx."""

    code: int
    reason: str
    status: str
    message: str
    domain: str = "global"
    detail: str = ""
    """reason of google.rpc.ErrorInfo, where there is one."""
    headers: dict[str, str] = field(default_factory=dict)
    location: tuple[str, str] | None = None
    """(locationType, location)."""

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        first: dict[str, Any] = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location is not None:
            first |= {"locationType": self.location[0], "location": self.location[1]}
        error: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [first], "status": self.status}
        if self.detail:
            error["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": self.detail,
                    "domain": "googleapis.com",
                    "metadata": {"service": "gmail.googleapis.com"},
                }
            ]
        return {"error": error}


def unauthenticated() -> ApiError:
    """401: no token, an unknown one, an expired one, a revoked one."""
    challenge = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'}
    return ApiError(
        401,
        "authError",
        "UNAUTHENTICATED",
        CREDENTIALS,
        headers=challenge,
        location=("header", "Authorization"),
    )


def insufficient_scope() -> ApiError:
    """403: the token was not granted a scope of this method."""
    return ApiError(
        403,
        "insufficientPermissions",
        "PERMISSION_DENIED",
        "Request had insufficient authentication scopes.",
        detail="ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    )


def forbidden(message: str) -> ApiError:
    """403 for another reason than quota."""
    return ApiError(403, "forbidden", "PERMISSION_DENIED", message)


def not_found(message: str = "Requested entity was not found.") -> ApiError:
    """404: a deleted message, a history too old, an unknown path."""
    return ApiError(404, "notFound", "NOT_FOUND", message)


def invalid(message: str) -> ApiError:
    """400: a parameter or body that can't be."""
    return ApiError(400, "invalidArgument", "INVALID_ARGUMENT", message)


def precondition(message: str = "Precondition check failed.") -> ApiError:
    """400: the account is none with a mailbox."""
    return ApiError(400, "failedPrecondition", "FAILED_PRECONDITION", message)


def rate_limited(name: str, retry_after_s: float | None = None, now_s: float = 0.0) -> ApiError:
    """A rate error by its name in RATE_ERRORS; `Retry-After` in whole seconds where given.

    429-until has no such header, but the time in its message, as Gmail's own limits (not the project's) have it.
    """
    code, reason, message = RATE_ERRORS[name]
    if name == "429-until":
        until = datetime.fromtimestamp(now_s + (retry_after_s or 0.0), UTC)
        message, retry_after_s = f"{message}{until:%Y-%m-%dT%H:%M:%S}.{until.microsecond // 1000:03}Z", None
    headers = {} if retry_after_s is None else {"Retry-After": str(max(1, round(retry_after_s + 0.5)))}
    return ApiError(
        code, reason, "RESOURCE_EXHAUSTED", message, domain="usageLimits", detail="RATE_LIMIT_EXCEEDED", headers=headers
    )


RATE_ERRORS = {
    # name: code, reason, words
    "429": (429, "rateLimitExceeded", TOO_MANY),
    "429-user": (429, "rateLimitExceeded", USER_QUOTA),
    "429-project": (429, "rateLimitExceeded", PROJECT_QUOTA),
    "429-until": (429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after "),
    "403-user": (403, "userRateLimitExceeded", USER_QUOTA),
    "403-project": (403, "rateLimitExceeded", PROJECT_QUOTA),
}
SERVER_ERRORS = {
    "500": (500, "INTERNAL", "Internal error encountered."),
    "502": (502, "UNAVAILABLE", "Bad Gateway"),
    "503": (503, "UNAVAILABLE", "The service is currently unavailable."),
    "504": (504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}


def named(name: str, retry_after_s: float | None = None, now_s: float = 0.0) -> ApiError:
    """The error that a fault or a test names: a key of RATE_ERRORS or SERVER_ERRORS, 401, 403-scope, 404."""
    if name in RATE_ERRORS:
        return rate_limited(name, retry_after_s, now_s)
    if name in SERVER_ERRORS:
        code, status, message = SERVER_ERRORS[name]
        return ApiError(code, "backendError", status, message)
    return {"401": unauthenticated, "403-scope": insufficient_scope, "404": not_found}[name]()


ERROR_NAMES = frozenset({*RATE_ERRORS, *SERVER_ERRORS, "401", "403-scope", "404"})
