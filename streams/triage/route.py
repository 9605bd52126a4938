"""How a mail came: whether its trace (RFC 5321 §4.4), envelope and dates fit what its sender says. For the model.

All of it is a stranger's claim up to the owner's own servers; a mail without a trace has no signal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from streams.mail import Mail
from streams.mail.origin import date
from streams.triage.addresses import FREE_MAIL, is_free_mail, organisation
from streams.triage.carriers import enveloped

MOST_HOPS = 8
READ = 400
"""Characters of one Received header that are looked at."""
LATE, EARLY = 1.5, -12.0
"""Hours that the sender's clock may be ahead of, or behind, the first server's."""

_SAID = re.compile(r"helo[ =]\[?([^\s)\]]{1,200})")
_FOUND = re.compile(r"\((?:[^()@\s]{0,80}@)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})\.?\s{0,3}\[?\(?[\d\[]", re.ASCII)
_NUMBER = re.compile(r"\d\d?\d?(?:\.\d{1,3}){3}", re.ASCII)
_SUBMITTED = re.compile(r" with (?:e?smtps?a|utf8smtps?a|asmtp|https?|lmtp|local|mapi)\b")
"""What a server writes of a mail that a program or a person handed in (RFC 3848): nothing that a server must prove."""
_PRIVATE = re.compile(r"(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\.")
_DIALLED = re.compile(
    r"\d{1,3}[.-]\d{1,3}[.-]\d{1,3}[.-]\d{1,3}\D|(?:^|[.\d-])(?:[ax]?dsl|dial(?:up|in)?|ppp|pool|cable|dhcp|dyn(?:amic)?|dip|client|"
    r"cust(?:omer)?|modem|catv|broadband|res)(?=[.\d-])",
    re.ASCII,
)


class Hop(NamedTuple):
    """One handing over, as the server that took the mail wrote it down."""

    said: str
    """The name that the sending host gave (HELO)."""
    found: str
    """The name that the server found for its number; "" for none."""
    number: str
    """IPv4 address in dots; "" for none or another kind."""
    by: str
    names_nobody: bool
    """Whether the server looked for a name and found none."""


def route(mail: Mail) -> list[str]:
    """Names of the signals that a mail has."""
    trace = mail.headers.get("received", ())[:MOST_HOPS]
    return [*_origin(trace), *_provider(mail, trace), *_clock(mail, trace), *_envelope(mail)]


def _hop(header: str) -> Hop | None:
    before, _, after = header[:READ].lower().partition(" by ")
    if not before.startswith("from ") or _SUBMITTED.search(after):
        return None
    name, _, middle = before[5:].lstrip().partition(" ")
    name, by = name.strip("[]();,"), after.lstrip().partition(" ")[0].strip("[]();,")
    number = _NUMBER.search(middle) or _NUMBER.match(name)
    said = _SAID.search(middle) if "helo" in middle else None
    if said:
        found = "" if name == "unknown" or _NUMBER.match(name) else name
    else:
        other = _FOUND.search(middle)
        found = other.group(1) if other and not _NUMBER.match(other.group(1)) else ""
    looked = (name == "unknown" or "unknown" in middle or "([" in middle) and "smtpsvc" not in after
    return Hop(said.group(1) if said else name, found, number.group() if number else "", by, looked and not found)


def _open_hop(trace: Sequence[str]) -> Hop | None:
    """The first handing over between two organisations: where the mail came into the open."""
    first = None
    for header in reversed(trace):
        hop = _hop(header)
        if hop is None or not _between_strangers(hop):
            continue
        if "." in hop.said or hop.found:
            return hop
        first = first or hop
    return first


def _origin(trace: Sequence[str]) -> list[str]:
    """Whether the host that sent the mail into the open is one that sends mail, and says its name."""
    hop = _open_hop(trace)
    if hop is None:
        return []
    said, found = organisation(hop.said), organisation(hop.found)
    signals = ["origin nameless"] if hop.names_nobody else []
    if _DIALLED.search(hop.found or hop.said):
        signals.append("origin dialled")
    if _NUMBER.match(hop.said):
        signals.append("origin said a number")
    if found and "." in hop.said and said != found:
        signals.append("origin said another name")
    if found and said == found:
        signals.append("origin said its name")
    if said in FREE_MAIL and found != said:
        signals.append("origin said free mail")
    return signals


def _between_strangers(hop: Hop) -> bool:
    inside = not hop.number or _PRIVATE.match(hop.number) or hop.said == "localhost"
    return not inside and not (hop.found and organisation(hop.found) == organisation(hop.by))


def _provider(mail: Mail, trace: Sequence[str]) -> list[str]:
    """Whether a free mailbox's provider had the mail in its hands; authentication (RFC 8601) vouches for it as well."""
    own, results = organisation(mail.sender.domain), mail.authentication
    if not trace or not is_free_mail(mail.sender.domain) or "pass" in (results.spf, results.dkim, results.dmarc):
        return []
    if mail.list_id is not None or enveloped(mail):
        return []  # it came from the list
    hops = [hop for header in trace if (hop := _hop(header))]
    if any(own in (organisation(hop.said), organisation(hop.found), organisation(hop.by)) for hop in hops):
        return []
    return ["free mail from elsewhere"]


def _clock(mail: Mail, trace: Sequence[str]) -> list[str]:
    """The sender's clock against that of the first server."""
    if mail.date is None:
        return []
    for header in reversed(trace):
        when = date(header[:READ].rpartition(";")[2].strip()[:60], set())
        if when is not None:
            hours = (mail.date - when).total_seconds() / 3600
            return ["clock ahead"] if hours > LATE else ["clock behind"] if hours < EARLY else []
    return []


def _envelope(mail: Mail) -> list[str]:
    """Where bounces go (Return-Path) and answers (Reply-To)."""
    bounces = mail.header("return-path").strip(" <>").lower()[:320]
    domain = bounces.rpartition("@")[2]
    found = []
    if domain and bounces != mail.sender.address.lower():
        found.append("bounces to the list" if enveloped(mail) else f"bounces {_whose(domain, mail)}")
    if mail.reply_to:
        found.append(f"answers {_whose(mail.reply_to[0].domain, mail)}")
    return found


def _whose(domain: str, mail: Mail) -> str:
    if organisation(domain) == organisation(mail.sender.domain):
        return "at home"
    return "at free mail" if is_free_mail(domain) else "abroad"
