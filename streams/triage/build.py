"""How a mail is put together and dressed up: what tells junk from letters whatever either says. For the model."""

from __future__ import annotations

import re

from streams.mail import Address, Mail
from streams.mail.flags import MBOX_LINE
from streams.triage.addresses import WEB_HOST, same_organisation
from streams.triage.features import Features
from streams.triage.imprint import imprint
from streams.triage.makers import makers
from streams.triage.manner import manner
from streams.triage.route import route
from streams.triage.steps import step

READ = 1_500
"""Characters of the text that are looked at."""
MOST_LINKS = 30
LONG_LINK = 120
SHORT = 25
"""Words that an HTML mail says hardly anything with: its pictures say it."""

_CAPITALS = re.compile(r"[A-Z][A-Z][A-Z]+")
_ZONE = re.compile(r"[+-]\d{4}")
_SUM = re.compile(r"[$€]\s?\d{1,3}(?:[,.]\d{3})+", re.ASCII)
_ANYBODY = re.compile(
    r"dear (?:friend|sir|madam|customer|member|subscriber|valued|user|e-?mail|account|client|reader|beneficiary)",
)
_CHEAP = (".biz", ".info", ".ru", ".cn", ".tk", ".xyz", ".top")
"""Ends of names that cost next to nothing to register."""


def build(features: Features) -> list[str]:
    """Names of the signals that a mail has."""
    mail = features.mail
    return [
        *_written(mail),
        *_subject(mail.subject[:500]),
        *_headers(mail),
        *_sender(mail),
        *_links(mail),
        *route(mail),
        *makers(mail),
        *imprint(mail),
        *manner(features),
    ]


def _written(mail: Mail) -> list[str]:
    text = mail.new_text[:READ]
    words = max(1, text.count(" ") + text.count("\n"))
    lines = [line for line in text.split("\n") if line]
    shouted = sum([line.isupper() for line in lines]) / max(1, len(lines))
    marks = {
        "large sums": bool(("$" in text or "€" in text) and _SUM.search(text)),
        "greets anybody": bool(_ANYBODY.search(text[:300].lower())),
        "hardly any text in html": mail.is_html and words <= SHORT,
    }
    return [
        *(name for name, there in marks.items() if there),
        f"shouted lines {step(shouted, (0, 0.1, 0.3))}",
        f"capitals {step(len(_CAPITALS.findall(text)) / words, (0.005, 0.03, 0.1))}",
        f"exclamations {step(text.count('!') / words, (0, 0.01, 0.03))}",
        f"dollars {step(text.count('$'), (0, 1, 4))}",
        f"percents {step(text.count('%'), (0, 2))}",
    ]


def _subject(subject: str) -> list[str]:
    words = subject.split()
    marks = {
        "subject titled": len(words) > 2 and subject.istitle(),
        "subject capitals": bool(_CAPITALS.search(subject)),
        "subject digits": any(map(str.isdigit, subject)),
    }
    return [f"subject words {step(len(words), (0, 2, 5, 9))}", *(name for name, there in marks.items() if there)]


def _headers(mail: Mail) -> list[str]:
    domain = mail.message_id.rpartition("@")[2].lower()
    identity = "none" if not domain else "own" if same_organisation(domain, mail.sender.domain) else "other"
    to = mail.to[0] if mail.to else Address()
    marks = {
        "mailer named": "x-mailer" in mail.headers or "user-agent" in mail.headers,
        "recipient named": bool(to.name),
        "recipient named by address": bool(to.name) and to.name.lower() in {to.address.lower(), to.local.lower()},
        "zone missing": _ZONE.search(mail.header("date")) is None,
        "answers elsewhere": bool(mail.reply_to),
        "domain vouches": mail.authentication.dmarc == "pass",
    }
    kind = mail.header("content-type").partition(";")[0].strip().lower()
    return [
        f"identity {identity}",
        f"type {kind if kind in _TYPES else 'other'}",
        f"sender {_name(mail.sender.name)}",
        *(name for name, there in marks.items() if there),
        *(f"odd {flag}" for flag in sorted(mail.flags - _OF_THE_FILE)),
    ]


_OF_THE_FILE = frozenset((MBOX_LINE,))
"""Flags that say how a corpus was stored, not what was sent."""
_TYPES = frozenset(("", "text/plain", "text/html", "multipart/alternative", "multipart/mixed", "multipart/related"))


def _sender(mail: Mail) -> list[str]:
    local = mail.sender.local
    addressed = [address.local.lower() for address in mail.to[:5] if len(address.local) > 2]
    subject = mail.subject[:300].lower()
    marks = {
        "reader named in the subject": any(name in subject for name in addressed),
    }
    digits = sum([letter.isdigit() for letter in local]) / max(1, len(local))
    return [f"sender digits {step(digits, (0, 0.25))}", *(name for name, there in marks.items() if there)]


def _name(name: str) -> str:
    if not name:
        return "nameless"
    return "in capitals" if name.isupper() else "in small letters" if name.islower() else "named"


def _links(mail: Mail) -> list[str]:
    links = [link.target for link in mail.links[:MOST_LINKS]]
    hosts = [found.group(1).lower() for link in links if (found := WEB_HOST.match(link))]
    if not hosts:
        return []
    own = sum(same_organisation(host, mail.sender.domain) for host in hosts) / len(hosts)
    marks = {
        "links cheap": any(host.endswith(_CHEAP) for host in hosts),
        "links long": any(len(link) > LONG_LINK for link in links),
        "links with an address": any("@" in link for link in links),
    }
    marks["links bare"] = not any("/" in link.partition("://")[2].strip("/") for link in links)
    hosts_named = f"link hosts {step(len(set(hosts)), (1, 2, 5))}"
    return [f"links own {step(own, (0, 0.5))}", hosts_named, *(name for name, there in marks.items() if there)]
