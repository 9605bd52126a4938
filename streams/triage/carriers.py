"""The mailing list that carried a mail, by what list managers write. For features and the model."""

from __future__ import annotations

from streams.mail import Mail

MOST_PEOPLE = 9
"""Recipients that are looked at."""
_BEFORE, _AFTER = ("owner-",), ("-bounce", "-owner", "-admin", "-return", "-request", "-error")
"""What stands around a list's name where its bounces go, VERP's additions behind it."""


def enveloped(mail: Mail) -> str:
    """The domain of a list that the mail went to and whose manager gets the bounces (Return-Path); "" for none.

    Lists without a List-Id (RFC 2919) show themselves that way.
    """
    bounces = mail.header("return-path").strip(" <>").lower()[:320]
    local, _, domain = bounces.rpartition("@")
    if not domain or "-" not in local:
        return ""
    for one in (*mail.to[:MOST_PEOPLE], *mail.cc[:MOST_PEOPLE]):
        name = one.local.lower()
        if not name or one.domain.lower() != domain:
            continue
        if local.startswith(tuple(name + each for each in _AFTER)) or local in {each + name for each in _BEFORE}:
            return domain
    return ""
