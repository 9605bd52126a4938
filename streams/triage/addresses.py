"""What an address says by itself: whose domain it is, whether a person or a role writes, what it pretends to be."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from streams.triage.text import fold

FREE_MAIL = frozenset(
    (
        "gmail googlemail hotmail yahoo aol msn outlook live icloud me gmx web proton protonmail mail inbox freenet "
        "t-online orange laposte free wanadoo libero virgilio tiscali wp onet interia o2 seznam yandex qq 163 126 sina "
        "rediffmail fastmail hushmail excite lycos netscape earthlink juno flashmail usa zoho tutanota bol uol terra"
    ).split(),
)
"""Organisation labels of providers where anyone gets an address."""

_NEUTRAL = frozenset(
    (
        "com org net co ac edu gov mil int info biz or ne go gob gov gouv govt example test invalid localhost mail "
        "email mailer mta smtp www news newsletter updates update notifications notify alerts reply bounce mx go click "
        "links link track em e m info lists groups list support service"
    ).split(),
)
"""Labels that do not name an organisation; the reserved names of RFC 2606 among them."""

_HOST = re.compile(
    r"(?:https?://(?:[^/?#\s]{0,200}@)?)?((?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})(?:[/:?#]|$)", re.IGNORECASE
)
"""A domain name, for what people read: the text of a link may be any word or number, so a top-level domain is needed.
What stands before an @ is no host (RFC 3986 §3.2.1), though it is shown to look like one."""
WEB_HOST = re.compile(r"https?://([^/:?#\s]{1,200})", re.IGNORECASE)
"""Where a link leads, whatever it is (a number, a name without a dot, with what stands before an @), in its only group.
Not the pattern above: the learned marks of links count these, and were weighed as they are counted here."""
_ROBOTS = re.compile(
    r"(?:^|[._+-])(?:no[._-]?reply|do[._-]?not[._-]?reply|not?i[cf]i\w*|alerts?|mailer-daemon|postmaster|bounces?|daemon|bot|"
    r"robot|automat\w*|system|billing|invoices?|statements?|receipts?|orders?|bestell\w*|security|events?|monitor\w*|page|"
    r"confirm\w*|auto|cron|root|envios|avisos?|reservas?|facturacion|rechnung|bon|tracking|shipping|payments?|booking\w*|"
    r"reservations?|rssfeeds?|po|status|updates?|accounts?)(?:$|[._+-])"
)
_PUBLISHERS = re.compile(
    r"(?:^|[._+-])(?:news\w*|digest|marketing|promo\w*|offers?|ofertas?|deals?|sales|hello|read|weekly|daily|campa\w*|"
    r"boletin|bulletin|editor\w*|events?|survey|feedback|specials?|shop|store|club|members?|mailings?|subscri\w*|"
    r"list\w*|community|cfp|pro|reminders?|info|team|rewards?)(?:$|[._+-])"
)
_GROUPS = re.compile(
    r"(?:^|[._+-])(?:all|everyone|staff|allstaff|all-staff|team|group|users?|members?|undisclosed|recipients?|list|"
    r"announce|eltern|alle|todos|tous|tutti|socios|office|company|employees|customers?|subscribers?|attendees)(?:$|[._+0-9-])"
)
DRESS = re.compile(
    r"(?:^|[.-])(?:secure|security|seguridad|securite|sicherheit|verify|verification|login|signin|account|accounts|support|"
    r"helpdesk|service|services|hr|payroll|portal|update|billing|invoice|renewals?|levering|delivery|customs|douane|"
    r"bank|banking|online|auth|sso|mfa|alert|notice|refund|pay|payments?|docs?|share|access|confirm|mail|team|help|"
    r"info|web|client|clientes?|kunden|it|app|id)(?:[.-]|$)"
)
"""Words that a lookalike domain is dressed with: "<name>-secure", "<name>-hr"."""


@lru_cache(maxsize=4096)
def is_for_programs(local: str) -> bool:
    """Whether a local part (in lower case) is one that programs write from."""
    return _ROBOTS.search(local) is not None


@lru_cache(maxsize=4096)
def is_for_publishing(local: str) -> bool:
    """Whether a local part (in lower case) is one that newsletters and shops write from."""
    return _PUBLISHERS.search(local) is not None


@lru_cache(maxsize=4096)
def is_for_groups(local: str) -> bool:
    """Whether a local part (in lower case) stands for many people."""
    return _GROUPS.search(local) is not None


def host(url: str) -> str:
    """The host that a URL or a text that looks like one names; "" for none."""
    match = _HOST.match(url.strip()[:300])
    return match.group(1).lower() if match else ""


@lru_cache(maxsize=4096)
def organisation(domain: str) -> str:
    """The label of a domain that names its owner: "mta.mail.shop.co.uk" → "shop"; "" for none."""
    labels = domain.lower().strip(".").split(".")
    for label in reversed(labels[:-1] or labels):
        if label not in _NEUTRAL:
            return label
    return ""


def same_organisation(one: str, other: str) -> bool:
    """Whether two domains belong together by name: equal, or one below the other."""
    if not one or not other:
        return False
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def is_free_mail(domain: str) -> bool:
    """Whether anyone could have got an address in this domain."""
    return organisation(domain) in FREE_MAIL


@lru_cache(maxsize=2048)
def resembles(domain: str, name: str) -> bool:
    """Whether `domain` pretends to be the organisation `name` without being it: one letter off, or dressed up."""
    own = organisation(domain)
    if len(name) < 5 or len(own) > 64 or own == name:
        return False
    bare = _skeleton(name)
    parts = [part for part in own.split("-") if part]
    if _skeleton(own) == bare or any(_one_edit(_skeleton(part), bare) for part in parts):
        return True
    dressed = _skeleton(own.replace("-", "")) != bare and bare in _skeleton(own.replace("-", ""))
    return dressed and "-" in own


def mixed_script(domain: str) -> bool:
    """Whether one label mixes alphabets (a Cyrillic "а" among Latin letters), Punycode (RFC 3492) decoded."""
    if domain.isascii() and "xn--" not in domain:
        return False
    for label in domain.split("."):
        plain = _from_punycode(label)
        if plain.isascii():
            continue
        scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in plain if letter.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"}) > 1:
            return True
    return False


def _from_punycode(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "3": "e", "5": "s", "4": "a", "-": None, "_": None})


def _skeleton(name: str) -> str:
    """A name as a hurried eye sees it: 1, l and i alike, "rn" like "m"."""
    return fold(name).translate(_LIKE).replace("rn", "m").replace("vv", "w")


def _one_edit(one: str, other: str) -> bool:
    """Whether at most one letter was changed, added or left out."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1 or len(other) < 6:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest_one, rest_other = one[start:], other[start:]
    return rest_one[1:] == rest_other[1:] or rest_one[1:] == rest_other or rest_one == rest_other[1:]
