"""Which program made a mail, and whether it made it as that program does. For the model.

Spam is made by programs that pass for others: they name a mailer without writing what it writes."""

from __future__ import annotations

import re

from streams.mail import Mail

_OUTLOOK_ID = re.compile(r"[0-9a-f]{12}\$[0-9a-f]{8}\$[0-9a-f]{8}@", re.IGNORECASE | re.ASCII)
_VERSION = re.compile(r"\d", re.ASCII)
_PRESSING = ("x-priority", "x-msmail-priority", "importance", "priority")
_CODINGS = frozenset(("base64", "quoted-printable"))


def makers(mail: Mail) -> list[str]:
    """Names of the signals that a mail has."""
    return [*_mailer(mail), *_structure(mail)]


def _mailer(mail: Mail) -> list[str]:
    """Whether what it names as its mailer would have written such a mail."""
    mailer = f"{mail.header('x-mailer')} {mail.header('user-agent')}".lower()[:200]
    named = "outlook" in mailer
    identity = bool(_OUTLOOK_ID.match(mail.message_id))
    marks = {
        "mailer forged": (identity and not named) or ("outlook express" in mailer and not identity),
        "mailer incomplete": named and "x-mimeole" not in mail.headers and "thread-index" not in mail.headers,
        "mailer without a version": bool(mailer.strip()) and not _VERSION.search(mailer),
        "marked important": any(mail.header(name).strip().lower()[:1] in {"1", "h", "u"} for name in _PRESSING),
    }
    return [name for name, there in marks.items() if there]


def _structure(mail: Mail) -> list[str]:
    """How its MIME (RFC 2045) is put together."""
    kind = mail.header("content-type")[:400]
    lower = kind.lower()
    coding = mail.header("content-transfer-encoding").strip().lower()[:20]
    text = lower.startswith("text/")
    marks = {
        "coding plain": text and coding == "7bit",
        "coding raw": text and coding == "8bit",
        "coding needless": text and "us-ascii" in lower and coding in _CODINGS,
    }
    return [name for name, there in marks.items() if there]
