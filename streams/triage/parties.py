"""Who wrote to whom: what the rules share of a mail's sender, its recipients and its owner."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from streams.mail import Address, Mail
from streams.triage.addresses import (
    is_for_groups,
    is_for_programs,
    is_for_publishing,
    organisation,
    same_organisation,
)
from streams.triage.carriers import enveloped
from streams.triage.once import once
from streams.triage.text import fold
from streams.triage.verdict import Facts

FEW = 8
"""Recipients up to which a person is one of few and not part of a crowd."""
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_LONGER = re.compile(r"[^\W\d_]{5,30}")
_REPLY = re.compile(r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|antw|sv|odp|rv|ynt|r)\s*(?:\[\d+\])?:", re.IGNORECASE)
_TAG = re.compile(r"\[[\w .-]{2,40}\]")


class Role(StrEnum):
    """What the owner of the mailbox is to a mail."""

    __hash__ = str.__hash__  # Enum's own is a Python function, and every decision looks roles up

    DIRECT = "direct"
    """The only recipient in To."""
    FEW = "few"
    LIST = "list"
    """Came through a mailing list."""
    COPY = "copy"
    """In Cc, not in To."""
    CROWD = "crowd"
    """One of many, or behind a group address."""
    HIDDEN = "hidden"
    """Not named at all: Bcc or a list without headers."""


@lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    """Words of a display name or a local part, folded: an owner's, or somebody's whom many mails go to."""
    return frozenset(map(fold, _LETTERS.findall(text[:200])))


class Parties:
    """The parties of one mail, each property computed once and only when a rule asks for it."""

    def __init__(self, mail: Mail, facts: Facts) -> None:
        self.mail = mail
        self.facts = facts

    @once
    def owners(self) -> frozenset[str]:
        """The owner's addresses; inferred from delivery headers, else a lone recipient, when the facts do not say."""
        if self.facts.owner:
            return frozenset(address.lower() for address in self.facts.owner)
        for name in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to"):
            delivered = self.mail.header(name).strip(" <>").lower()
            if "@" in delivered and len(delivered) < 255:
                return frozenset({delivered})
        return frozenset()

    @once
    def role(self) -> Role:
        """See `Role`; where the owner is unknown, the first recipients are taken for the owner."""
        to = [address.address.lower() for address in self.mail.to]
        if self.is_discussion_list or self.mail.list_id is not None:
            return Role.LIST
        named = self.owners.intersection(to) if self.owners else to[:1]
        if not all(is_for_groups(address.partition("@")[0]) for address in named):
            return Role.DIRECT if len(to) == 1 else Role.FEW if len(to) + len(self.mail.cc) <= FEW else Role.CROWD
        if self.owners & {address.address.lower() for address in self.mail.cc}:
            return Role.COPY
        return Role.CROWD if to else Role.HIDDEN

    @once
    def owner_domains(self) -> frozenset[str]:
        """Domains of the owner, or of the recipients when the owner is unknown."""
        addresses = self.owners or {address.address.lower() for address in self.mail.to[:2]}
        return frozenset(address.rpartition("@")[2] for address in addresses if "@" in address)

    @once
    def is_colleague(self) -> bool:
        """Whether the sender's domain is the owner's, and nothing says that it was forged."""
        return not self.fails_authentication and any(
            same_organisation(self.mail.sender.domain, domain) for domain in self.owner_domains
        )

    @once
    def owner_names(self) -> frozenset[str]:
        """First and last names of the owner, as the address and the recipients' display names give them."""
        named = [address for address in (*self.mail.to, *self.mail.cc) if address.address.lower() in self.owners]
        words = [address.partition("@")[0] for address in self.owners]
        words += [address.name for address in named or (self.mail.to if len(self.mail.to) == 1 else ())]
        return frozenset().union(*map(_names, words))

    @once
    def is_known(self) -> bool:
        """Whether the owner and the sender have history that is worth trust."""
        sender, thread = self.facts.sender, self.facts.thread
        trusted = bool((sender and sender.mails and not sender.junk) or (thread and thread.owner_wrote))
        return trusted and not self.fails_authentication

    @once
    def is_stranger(self) -> bool:
        """Whether the sender is neither a colleague nor known, nor talks on a list."""
        return not (self.is_colleague or self.is_known or self.is_discussion_list)

    @once
    def approaches(self) -> bool:
        """Whether a stranger turns to the owner, by no list, and in no bulk mail that says so and can be left."""
        return self.is_stranger and not self.is_bulk_mail

    @once
    def is_robot(self) -> bool:
        """Whether a program wrote: Auto-Submitted (RFC 3834), an address that programs use, or a null return path."""
        mail = self.mail
        automatic = mail.auto_submitted is not None or "x-auto-response-suppress" in mail.headers
        null_path = mail.header("return-path").strip() == "<>"
        return automatic or null_path or is_for_programs(mail.sender.local.lower())

    @once
    def is_publisher(self) -> bool:
        """Whether the sender's address is one that newsletters and shops use."""
        sender = self.mail.sender
        return is_for_publishing(sender.local.lower()) or is_for_publishing(sender.domain.partition(".")[0])

    @once
    def is_bulk_mail(self) -> bool:
        """Whether headers say one-to-many: List-Unsubscribe (RFC 2369), Precedence, mass mailers' marks."""
        mail = self.mail
        marks = (
            "feedback-id",
            "x-campaign",
            "x-campaignid",
            "x-mailer-campaign",
            "list-unsubscribe-post",
            "x-csa-complaints",
        )
        precedence = (mail.precedence or "").strip().lower() in {"bulk", "list", "junk"}
        return mail.list_unsubscribe is not None or precedence or any(mark in mail.headers for mark in marks)

    @once
    def is_discussion_list(self) -> bool:
        """Whether a list of people carries it: a list's header or envelope together with signs of a conversation."""
        mail = self.mail
        carrier = mail.list_id.partition(".")[2] if mail.list_id else enveloped(mail)
        listed = mail.list_id is not None or "list-post" in mail.headers or "x-mailman-version" in mail.headers
        if not (listed or carrier) or mail.auto_submitted is not None:
            return False
        foreign = bool(mail.list_id or carrier) and not same_organisation(mail.sender.domain, carrier)
        talk = self.is_reply or "list-post" in mail.headers or bool(_TAG.search(mail.subject))
        return talk or (foreign and not self.is_publisher)

    @once
    def is_reply(self) -> bool:
        """Whether it answers: In-Reply-To or References (RFC 5322 §3.6.4) or a reply prefix."""
        return bool(self.mail.in_reply_to or self.mail.references) or bool(_REPLY.match(self.mail.subject))

    @once
    def is_reply_to_something(self) -> bool:
        """Whether its headers name the mail that it answers."""
        return bool(self.mail.in_reply_to or self.mail.references)

    @once
    def fails_authentication(self) -> bool:
        """Whether SPF and DKIM both miss or DMARC fails (RFC 7489), where no list could have broken them."""
        results = self.mail.authentication
        if self.mail.list_id is not None:
            return False
        return results.dmarc == "fail" or (results.spf in {"fail", "softfail"} and results.dkim != "pass")

    @once
    def people(self) -> tuple[Address, ...]:
        """Everyone it was openly sent to."""
        return (*self.mail.to, *self.mail.cc)

    @once
    def sender_organisation(self) -> str:
        """The label that names the sender's organisation."""
        return organisation(self.mail.sender.domain)

    @once
    def sender_words(self) -> tuple[str, ...]:
        """Longer words of the sender's name, folded."""
        return tuple([fold(word) for word in _LONGER.findall(self.mail.sender.name[:200])])
