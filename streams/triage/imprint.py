"""The imprint of mail that somebody subscribed to: its date line, why the reader gets it, how he leaves. For the model.

A newsletter and an advertisement sell in the same words; what stands around the words differs."""

from __future__ import annotations

import re

from streams.mail import Mail
from streams.triage.addresses import WEB_HOST, is_free_mail, organisation

HEAD, FOOT = 400, 2_000
"""Characters at the beginning of the text where a date line stands, and at its end where the rest does."""
MOST_LINKS = 40

_MONTHS = frozenset(
    (
        "january february march april may june july august september october november december jan feb mar "
        "apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember janvier "
        "février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril "
        "mayo junio julio agosto septiembre octubre noviembre diciembre janeiro fevereiro março maio junho "
        "julho setembro outubro novembro dezembro gennaio febbraio aprile maggio giugno luglio settembre "
        "ottobre dicembre januari februari maart mei augustus stycznia lutego marca kwietnia maja czerwca "
        "lipca sierpnia września października listopada grudnia "
    ).split(),
)
"""The months' names in the languages of `streams.triage.phrases`."""
_DAY = re.compile(r"\d\d?(?![\d:])", re.ASCII)  # one set first, which the search then looks for alone
_NUMERIC = re.compile(r"\d\d?[/.]\d\d?[/.](?:19|20)?\d\d\b", re.ASCII)
_AROUND = 16
"""Characters beside a number where the month stands."""


_IMPRINT = {
    "says who subscribed": (
        " subscribed", " receiving", "received this", "because you", "signed up", " registered", "sent to",
        "erhalten diese", "vous recevez", "recib",
    ),
    "offers choices": ("preferenc", "privacy", "your subscription", "settings", "datenschutz", "confidential"),
    "reserves rights": ("copyright", "©", "rights reserved", "trademark", "impressum"),
    "lets unsubscribe": ("unsubscri", "abbestell", "abmeld", "désabonn", "désinscri", "de baja", "disiscri", "afmeld"),
}  # fmt: skip
"""What stands in the last lines, by signal."""
_SIGNS = tuple((each, name) for name, known in _IMPRINT.items() for each in known)
_NUMBERED = re.compile(r"(?:issue|vol\.?|volume|edition|nr\.?|no\.|ausgabe|num[eé]ro) {0,2}#? {0,2}$|#$")
_LEAVE = re.compile(r"remove|unsub|opt-?out|abmeld|desinscri|afmeld")


def imprint(mail: Mail) -> list[str]:
    """Names of the signals that a mail has."""
    foot = mail.text[-FOOT:].lower()
    subject = mail.subject[:200].lower()
    found = sorted({name for each, name in _SIGNS if each in foot})
    if _dated(mail.new_text[:HEAD].lower()):
        found.append("dated")
    if _dated(subject):
        found.append("dated in the subject")
    if _numbered(subject):
        found.append("numbered")
    if "lets unsubscribe" not in found and "remove" in foot:
        found.append("removes alone")
    return [*found, *_way_out(mail)] if mail.links else found


def _dated(text: str) -> bool:
    """Whether a day is named: a number beside a month, or numbers and dots."""
    if not _DAY.search(text):
        return False
    if _NUMERIC.search(text):
        return True
    if _MONTHS.isdisjoint(text.replace(".", " ").replace(",", " ").split()):
        return False
    for number in _DAY.finditer(text):
        start, end = number.span()
        if start and text[start - 1] not in " \n":
            continue
        before = text[max(0, start - _AROUND) : start].split()
        after = text[end : end + _AROUND].lstrip(".stndrh").removeprefix(" de").split()
        if (before and before[-1].rstrip(".,") in _MONTHS) or (after and after[0].rstrip(".,") in _MONTHS):
            return True
    return False


def _numbered(subject: str) -> bool:
    number = _DAY.search(subject)
    return number is not None and _NUMBERED.search(subject[: number.start()]) is not None


def _way_out(mail: Mail) -> list[str]:
    """Where the link leads by which a reader leaves."""
    own = organisation(mail.sender.domain)
    for link in reversed(mail.links[-MOST_LINKS:]):
        target = link.target[:300]
        if not _LEAVE.search(f"{target} {link.text[:60]}".lower()):
            continue
        if target[:7].lower() == "mailto:":
            domain = target.partition("?")[0].rpartition("@")[2].lower()
            return ["leave by mail to a free mailbox" if is_free_mail(domain) else "leave by mail"]
        host = WEB_HOST.match(target)
        if host:
            return ["leave at home" if organisation(host.group(1)) == own else "leave elsewhere"]
    return []
