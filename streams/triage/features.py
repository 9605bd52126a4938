"""What the rules share of one mail, computed once and only when a rule asks for it."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from streams.mail import Address, Mail
from streams.triage.addresses import GROUPS, PUBLISHERS, ROBOTS, organisation, same_organisation
from streams.triage.carriers import enveloped
from streams.triage.lexicon import Places, counted
from streams.triage.once import once
from streams.triage.phrases import CUES, Cue, languages_of
from streams.triage.phrases.ideographs import scan_ideographs
from streams.triage.pressure import pressure
from streams.triage.text import STOPS, bounded, fold, own_words, tokens
from streams.triage.verdict import Facts

FEW = 8
"""Recipients up to which a person is one of few and not part of a crowd."""
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_REPLY = re.compile(r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|antw|sv|odp|rv|ynt|r)\s*(?:\[\d+\])?:", re.IGNORECASE)
_FORWARD = re.compile(r"^\s*(?:fwd?|wg|tr|i|rv|enc|doorst|pd)\s*:", re.IGNORECASE)
_VOCATIVE = re.compile(r"(?:(?:^|[.!?\n(])\s{0,3})([^\W\d_]{3,30})\s?[,:?)–-]")
_MENTION = re.compile(r"@([^\W\d_]{3,30})")
_TAG = re.compile(r"\[[\w .-]{2,40}\]")


class Role(StrEnum):
    """What the owner of the mailbox is to a mail."""

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


class Features:
    """One mail as the rules see it. Not frozen because it caches; nothing of it leaves the decision."""

    def __init__(self, mail: Mail, facts: Facts) -> None:
        self.mail = mail
        self.facts = facts

    # who ------------------------------------------------------------------------------------------------------------

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
        named = self.owners & set(to) if self.owners else set(to[:1])
        if named and not GROUPS.search(next(iter(named)).partition("@")[0]):
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
        return frozenset(fold(word) for text in words for word in _LETTERS.findall(text[:200]))

    @once
    def is_known(self) -> bool:
        """Whether the owner and the sender have history that is worth trust."""
        sender, thread = self.facts.sender, self.facts.thread
        trusted = bool((sender and sender.mails and not sender.junk) or (thread and thread.owner_wrote))
        return trusted and not self.fails_authentication

    @once
    def is_robot(self) -> bool:
        """Whether a program wrote: Auto-Submitted (RFC 3834), an address that programs use, or a null return path."""
        mail = self.mail
        automatic = mail.auto_submitted is not None or "x-auto-response-suppress" in mail.headers
        null_path = mail.header("return-path").strip() == "<>"
        return automatic or null_path or bool(ROBOTS.search(mail.sender.local.lower()))

    @once
    def is_publisher(self) -> bool:
        """Whether the sender's address is one that newsletters and shops use."""
        sender = self.mail.sender
        return bool(PUBLISHERS.search(sender.local.lower()) or PUBLISHERS.search(sender.domain.partition(".")[0]))

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

    # what -----------------------------------------------------------------------------------------------------------

    @once
    def subject(self) -> list[str]:
        """Words of the subject."""
        return tokens(self.mail.subject[:500])

    @once
    def body(self) -> list[str]:
        """Words of the newly written text."""
        return tokens(own_words(bounded(self.mail.new_text)))

    @once
    def languages(self) -> tuple[str, ...]:
        """Languages of subject and text, see `languages_of`."""
        return languages_of([*self.subject, *self.body[:600]])

    @once
    def in_subject(self) -> dict[Cue, int]:
        """Cues of the subject."""
        return {**CUES.scan(self.subject, self.languages), **scan_ideographs(self.mail.subject[:500])}

    @once
    def places(self) -> Places:
        """Where in the words of the newly written text each cue is said."""
        return CUES.places(self.body, self.languages)

    @once
    def in_body(self) -> dict[Cue, int]:
        """Cues of the newly written text."""
        return {**counted(self.places), **scan_ideographs(self.mail.new_text)}

    @once
    def said(self) -> dict[Cue, int]:
        """Cues of subject and text together."""
        subject, body = self.in_subject, self.in_body
        return {cue: subject.get(cue, 0) + body.get(cue, 0) for cue in subject.keys() | body.keys()}

    def says(self, *cues: Cue) -> int:
        """How often subject and text say any of these."""
        said = self.said
        total = 0
        for cue in cues:
            if cue in said:
                total += said[cue]
        return total

    def density(self, *cues: Cue) -> float:
        """Phrases of these cues per hundred words."""
        return 100.0 * self.says(*cues) / max(40, len(self.body))

    @once
    def pressures(self) -> float:
        """How many different signs say that it cannot wait, see `pressure`; of bulk mail none counts."""
        if self.is_bulk_mail and not self.is_discussion_list:
            return 0.0
        return pressure(self.said, self.length)

    @once
    def length(self) -> int:
        """Words that the sender wrote."""
        return len(self.body) - 1

    @once
    def questions(self) -> int:
        """Sentences of the new text that end in a question mark."""
        return self.body.count("?")

    @once
    def questions_to_you(self) -> int:
        """Questions with a word for the reader in them, or in a mail so short that it can only mean the reader."""
        if "?" not in self.body:
            return 0
        yours = {at for at, cue in self.places if cue is Cue.YOU}
        found, said = 0, False
        for at, word in enumerate(self.body):
            if word in STOPS:
                found += said and word == "?"
                said = False
            elif at in yours:
                said = True
        return found

    @once
    def calls_owner(self) -> bool:
        """Whether the text turns to the owner by name: "Name, ..." at the beginning of a sentence, or "@name"."""
        names, text, subject = self.owner_names, self.mail.new_text[:6000], self.mail.subject[:500]
        called = [*_VOCATIVE.findall(text), *_MENTION.findall(text)] if _may_name(names, text) else []
        called += _VOCATIVE.findall(subject) if _may_name(names, subject) else []
        return any(fold(name) in names for name in called)

    @once
    def is_reply(self) -> bool:
        """Whether it answers: In-Reply-To or References (RFC 5322 §3.6.4) or a reply prefix."""
        return bool(self.mail.in_reply_to or self.mail.references) or bool(_REPLY.match(self.mail.subject))

    @once
    def is_reply_to_something(self) -> bool:
        """Whether its headers name the mail that it answers."""
        return bool(self.mail.in_reply_to or self.mail.references)

    @once
    def is_forward(self) -> bool:
        """Whether the subject is a forward's."""
        return bool(_FORWARD.match(self.mail.subject))

    @once
    def shouts(self) -> bool:
        """Whether the subject is in capitals or has a row of exclamation marks."""
        letters = list(filter(str.isalpha, self.mail.subject[:200]))
        capitals = sum(map(str.isupper, letters))
        return (len(letters) >= 10 and capitals > 0.6 * len(letters)) or "!!" in self.mail.subject

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


def _may_name(names: Collection[str], text: str) -> bool:
    """Whether one of these folded names can be in a text: cheap, and right for most, which names nobody."""
    lowered = text.lower()
    return bool(names) and (not text.isascii() or any(name in lowered for name in names))
