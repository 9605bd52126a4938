"""What CrewAI's and its client's errors mean. Never their text: it may quote the mail.

By name and status, for the classes are those of a library that only the crew's environment has."""

from __future__ import annotations

from infra.errors import Permanent, Transient

RETRY_AFTER_MOST_S = 300.0
_CONNECTION = frozenset({"ConnectionError", "TimeoutError", "APIConnectionError", "APITimeoutError"})
_ABOUT_THE_MAIL = frozenset({"ContentFilterFinishReasonError", "LLMContextLengthExceededError", "BadRequestError"})
_REFUSED = frozenset({401, 403, 404})
_LATER = frozenset({408, 409, 425})


class Away(Transient):
    """The endpoint does not answer, fails, or refuses this model or key."""

    def __init__(self, message: str, *, timed_out: bool = False) -> None:
        super().__init__(message)
        self.timed_out = timed_out
        """It had the question."""


class Limited(Transient):
    """The endpoint wants fewer calls."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"429, again in {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


class Unfit(Transient):
    """No answer of the wanted shape: another try may give one; a model that gives none at all is out of order."""


class Unanswerable(Permanent):
    """This mail gets no answer from this model: its content filter, or its length."""


def meaning(error: BaseException) -> Transient | Permanent:
    """Whether another try can help, and what happened, in words without content."""
    status = getattr(error, "status_code", None)
    cause = error.__cause__
    if status is None and cause is not None:
        status = getattr(cause, "status_code", None)
    names = {kind.__name__ for kind in type(error).__mro__}
    if status == 429:
        return Limited(_retry_after(error))
    if status in _REFUSED:
        return Away(f"{status}: the endpoint refuses; check CREW_URL, CREW_MODEL and CREW_API_KEY")
    if status in _LATER or (isinstance(status, int) and status >= 500):
        return Away(f"status {status}")
    if names & _ABOUT_THE_MAIL:
        return Unanswerable(type(error).__name__)
    if names & _CONNECTION:
        name = type(cause or error).__name__
        return Away(name, timed_out="Timeout" in name)
    return Unfit(type(error).__name__)


def _retry_after(error: BaseException) -> float:
    """Seconds; RFC 9110 §10.2.3 also has dates, which no model's endpoint sends."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        return min(RETRY_AFTER_MOST_S, max(0.0, float(headers.get("retry-after", 0.0))))
    except (TypeError, ValueError):
        return 0.0
