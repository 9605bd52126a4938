"""How a mail is put together and dressed up: what tells junk from letters whatever either says. For the model."""

from __future__ import annotations

import re

from streams.mail import Mail
from streams.mail.flags import MBOX_LINE
from streams.triage.addresses import WEB_HOST, same_organisation
from streams.triage.features import Features
from streams.triage.imprint import imprint
from streams.triage.makers import makers
from streams.triage.manner import manner
from streams.triage.route import route
from streams.triage.steps import steps

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
_SHOUTED = steps("shouted lines", 0, 0.1, 0.3)
_CAPITAL = steps("capitals", 0.005, 0.03, 0.1)
_EXCLAIMED = steps("exclamations", 0, 0.01, 0.03)
_DOLLARS, _PERCENTS = steps("dollars", 0, 1, 4), steps("percents", 0, 2)
_SUBJECT_WORDS = steps("subject words", 0, 2, 5, 9)
_SENDER_DIGITS = steps("sender digits", 0, 0.25)
_OWN_LINKS, _LINK_HOSTS = steps("links own", 0, 0.5), steps("link hosts", 1, 2, 5)
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
    lines = list(filter(None, text.split("\n")))
    found = [
        _SHOUTED(sum(map(str.isupper, lines)) / max(1, len(lines))),
        _CAPITAL(len(_CAPITALS.findall(text)) / words),
        _EXCLAIMED(text.count("!") / words),
        _DOLLARS(text.count("$")),
        _PERCENTS(text.count("%")),
    ]
    if ("$" in text or "€" in text) and _SUM.search(text):
        found.append("large sums")
    if _ANYBODY.search(text[:300].lower()):
        found.append("greets anybody")
    if mail.is_html and words <= SHORT:
        found.append("hardly any text in html")
    return found


def _subject(subject: str) -> list[str]:
    words = len(subject.split())
    found = [_SUBJECT_WORDS(words)]
    if words > 2 and subject.istitle():
        found.append("subject titled")
    if _CAPITALS.search(subject):
        found.append("subject capitals")
    if any(map(str.isdigit, subject)):
        found.append("subject digits")
    return found


def _headers(mail: Mail) -> list[str]:
    headers = mail.headers
    domain = mail.message_id.rpartition("@")[2].lower()
    identity = "none" if not domain else "own" if same_organisation(domain, mail.sender.domain) else "other"
    kind = mail.header("content-type").partition(";")[0].strip().lower()
    found = [
        "identity " + identity,
        "type " + (kind if kind in _TYPES else "other"),
        "sender " + _name(mail.sender.name),
    ]
    if "x-mailer" in headers or "user-agent" in headers:
        found.append("mailer named")
    if mail.to and mail.to[0].name:
        found.append("recipient named")
        to = mail.to[0]
        if to.name.lower() in {to.address.lower(), to.local.lower()}:
            found.append("recipient named by address")
    if _ZONE.search(mail.header("date")) is None:
        found.append("zone missing")
    if mail.reply_to:
        found.append("answers elsewhere")
    if mail.authentication.dmarc == "pass":
        found.append("domain vouches")
    if mail.flags:
        found += ["odd " + flag for flag in sorted(mail.flags - _OF_THE_FILE)]
    return found


_OF_THE_FILE = frozenset((MBOX_LINE,))
"""Flags that say how a corpus was stored, not what was sent."""
_TYPES = frozenset(("", "text/plain", "text/html", "multipart/alternative", "multipart/mixed", "multipart/related"))


def _sender(mail: Mail) -> list[str]:
    local = mail.sender.local
    found = [_SENDER_DIGITS(sum(map(str.isdigit, local)) / max(1, len(local)))]
    addressed = [name.lower() for address in mail.to[:5] if len(name := address.local) > 2]
    subject = mail.subject[:300].lower()
    if any(name in subject for name in addressed):
        found.append("reader named in the subject")
    return found


def _name(name: str) -> str:
    if not name:
        return "nameless"
    return "in capitals" if name.isupper() else "in small letters" if name.islower() else "named"


def _links(mail: Mail) -> list[str]:
    if not mail.links:
        return []
    links = [link.target for link in mail.links[:MOST_LINKS]]
    hosts = [match.group(1).lower() for match in map(WEB_HOST.match, links) if match]
    if not hosts:
        return []
    different = set(hosts)
    own = sum([hosts.count(host) for host in different if same_organisation(host, mail.sender.domain)])
    found = [_OWN_LINKS(own / len(hosts)), _LINK_HOSTS(len(different))]
    if any(host.endswith(_CHEAP) for host in different):
        found.append("links cheap")
    if max(map(len, links)) > LONG_LINK:
        found.append("links long")
    if any("@" in link for link in links):
        found.append("links with an address")
    if not any("/" in link.partition("://")[2].strip("/") for link in links):
        found.append("links bare")
    return found
