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
    headers, found = mail.headers, []
    mailer = f"{mail.header('x-mailer')} {mail.header('user-agent')}".lower()[:200]
    named = "outlook" in mailer
    identity = _OUTLOOK_ID.match(mail.message_id) is not None
    if (identity and not named) or ("outlook express" in mailer and not identity):
        found.append("mailer forged")
    if named and "x-mimeole" not in headers and "thread-index" not in headers:
        found.append("mailer incomplete")
    if not (mailer.isspace() or _VERSION.search(mailer)):
        found.append("mailer without a version")
    if any(headers[name][0].strip().lower()[:1] in {"1", "h", "u"} for name in _PRESSING if headers.get(name)):
        found.append("marked important")
    return found


def _structure(mail: Mail) -> list[str]:
    """How its MIME (RFC 2045) is put together."""
    kind = mail.header("content-type")[:400].lower()
    if not kind.startswith("text/"):
        return []
    coding = mail.header("content-transfer-encoding").strip().lower()[:20]
    if coding in _CODINGS:
        return ["coding needless"] if "us-ascii" in kind else []
    return ["coding plain"] if coding == "7bit" else ["coding raw"] if coding == "8bit" else []
