"""Mail that pretends: to be somebody else, to lead elsewhere, to be harmless. Its urgency is part of the trick."""

from __future__ import annotations

import re

from streams.triage import brands
from streams.triage.addresses import (
    DRESS,
    host,
    is_free_mail,
    mixed_script,
    organisation,
    resembles,
    same_organisation,
)
from streams.triage.features import MOST_LINKS, Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about
from streams.triage.traits import Trait

_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,6})")
_DANGEROUS = re.compile(
    r"\.(?:exe|scr|pif|com|bat|cmd|js|jse|vbs|vbe|wsf|hta|jar|lnk|iso|img|msi|ps1|html?|shtml|svg|docm|xlsm|one)$",
    re.IGNORECASE,
)
_DOUBLE = re.compile(r"\.(?:pdf|docx?|xlsx?|jpe?g|png|txt|zip|mp3|wav)\s*\.[a-z0-9]{2,5}$", re.IGNORECASE)
LOOKED_AT = 20
"""Links whose hosts are looked at for mixed alphabets."""
_LURES = (Cue.CREDENTIALS, Cue.THREAT, Cue.PAYOUT)
_PHONE = re.compile(r"\(?\b\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b", re.ASCII)
_BILL = frozenset("invoice renewal renewed subscription charged refund order purchase transaction antivirus".split())


@rule_about(Trait.FORGED)
def fails_authentication(mail: Features) -> bool:
    """The sender's domain disowns it (SPF, DKIM or DMARC fail; RFC 8601)."""
    return mail.fails_authentication


@rule_about(*_LURES)
def unproven_lure(mail: Features) -> bool:
    """Wants credentials or money, and the sender's domain does not vouch for it."""
    return mail.fails_authentication and mail.says(*_LURES) > 0


@rule_about(Cue.CREDENTIALS)
def wants_credentials(mail: Features) -> bool:
    """A stranger wants the reader to sign in, verify or re-enrol."""
    return mail.says(Cue.CREDENTIALS) > 0 and mail.is_stranger and not mail.is_bulk_mail and not mail.is_reply


@rule_about(Cue.THREAT)
def threatens_your_account(mail: Features) -> bool:
    """A stranger threatens to close, limit or send back something."""
    return mail.says(Cue.THREAT) > 0 and mail.is_stranger and not mail.is_bulk_mail


@rule_about(Cue.THREAT)
def threat_and_credentials(mail: Features) -> bool:
    """Threatens, and offers a way out by signing in or paying."""
    return threatens_your_account(mail) and mail.says(Cue.CREDENTIALS, Cue.PAYOUT) > 0


@rule_about(Cue.PAYOUT)
def wants_a_payout(mail: Features) -> bool:
    """A stranger speaks of gift cards, changed bank details or a small fee."""
    return mail.says(Cue.PAYOUT) > 0 and mail.is_stranger and not mail.is_bulk_mail


@rule_about(Cue.PAYOUT)
def boss_from_free_mail(mail: Features) -> bool:
    """Speaks like a superior, from a free or foreign mailbox, and wants money kept quiet."""
    foreign = mail.is_stranger and not mail.is_robot
    return foreign and mail.says(Cue.PAYOUT) >= 2 and mail.length <= 200 and not mail.mail.links


@rule_about(Trait.STRANGER)
def name_claims_another_address(mail: Features) -> bool:
    """The display name shows an address of another organisation."""
    shown = _ADDRESS.search(mail.mail.sender.name[:200])
    return (
        shown is not None
        and not same_organisation(shown.group(1).lower(), mail.mail.sender.domain)
        and mail.is_stranger
    )


@rule_about(Trait.STRANGER)
def name_claims_your_organisation(mail: Features) -> bool:
    """The display name is of the owner's organisation, the address is not."""
    if not mail.is_stranger or not mail.sender_words:
        return False
    names = {organisation(domain) for domain in mail.owner_domains if not is_free_mail(domain)}
    return not names.isdisjoint(mail.sender_words)


@rule_about(Trait.STRANGER)
def lookalike_of_yours(mail: Features) -> bool:
    """The sender's domain resembles the owner's and is not it."""
    domain = mail.mail.sender.domain
    return mail.is_stranger and any(
        resembles(domain, organisation(own)) for own in mail.owner_domains if not is_free_mail(own)
    )


@rule_about(Trait.STRANGER)
def lookalike_of_its_name(mail: Features) -> bool:
    """The sender's domain is its display name with a letter changed or a word such as "secure" added."""
    if not mail.is_stranger or mail.is_bulk_mail:
        return False
    domain, own = mail.mail.sender.domain, mail.sender_organisation
    words = {*mail.sender_words, "".join(mail.sender_words)[:60]}
    return (
        own not in words
        and any(resembles(domain, word) for word in words)
        and bool(DRESS.search(own) or "-" not in own)
    )


@rule
def domain_in_disguise(mail: Features) -> bool:
    """The sender's domain mixes alphabets."""
    if mixed_script(mail.mail.sender.domain):
        return True
    targets = " ".join([link.target for link in mail.mail.links[:LOOKED_AT]])
    if targets.isascii() and "xn--" not in targets.lower():
        return False
    return any(map(mixed_script, mail.link_hosts[:LOOKED_AT]))


@rule_about(*_LURES)
def dressed_up_domain(mail: Features) -> bool:
    """The sender's domain is dressed with words such as "secure" or "login", and it lures."""
    own = mail.sender_organisation
    return (
        "-" in own and bool(DRESS.search(own)) and mail.says(*_LURES) > 0 and mail.is_stranger and not mail.is_bulk_mail
    )


@rule_about(Trait.LINKS)
def link_lies(mail: Features) -> bool:
    """A link shows one address and leads to another."""
    if mail.is_bulk_mail or mail.is_discussion_list:
        return False
    for link in mail.mail.links[:MOST_LINKS]:
        if "://" not in link.text:
            continue
        shown, real = host(link.text), host(link.target)
        if shown and real and organisation(shown) != organisation(real):
            return True
    return False


@rule_about(Trait.ANSWERS)
def answers_go_elsewhere(mail: Features) -> bool:
    """Answers go to another organisation than the sender's."""
    replies = [address.domain for address in mail.mail.reply_to if address.domain]
    return (
        any(organisation(domain) != mail.sender_organisation for domain in replies)
        and mail.is_stranger
        and not mail.is_bulk_mail
    )


@rule_about(Trait.ATTACHMENTS)
def dangerous_attachment(mail: Features) -> bool:
    """An attachment that runs, or hides what it is."""
    names = [attachment.name for attachment in mail.mail.attachments[:20]]
    return any(_DANGEROUS.search(name[-40:]) or _DOUBLE.search(name[-40:]) for name in names) and mail.is_stranger


@rule_about(*_LURES)
def lure_with_a_bare_link(mail: Features) -> bool:
    """Lures to a link or a code outside the sender's own domain."""
    if not mail.is_stranger or mail.is_bulk_mail or not mail.says(*_LURES):
        return False
    targets = {organisation(each) for each in mail.link_hosts} - {""}
    return bool(targets) and mail.sender_organisation not in targets


@rule_about(Trait.FORGED)
def your_own_address_forged(mail: Features) -> bool:
    """Claims to come from the owner's own address, and its domain disowns it."""
    return mail.mail.sender.address.lower() in mail.owners and mail.fails_authentication


@rule_about(Trait.STRANGER)
def borrows_a_name(mail: Features) -> bool:
    """The sender's name is a well-known firm's, the domain is not."""
    return mail.is_stranger and bool(brands.borrowed(mail.mail.sender))


@rule_about(*_LURES)
def lures_in_a_borrowed_name(mail: Features) -> bool:
    """In a well-known firm's name, but not from its domain, and it wants something."""
    return mail.says(*_LURES) > 0 and borrows_a_name(mail)


@rule_about(*_LURES)
def lures_in_a_name_of_its_own(mail: Features) -> bool:
    """Lures in the name of an office or a firm that its domain neither shows nor vouches for."""
    if not mail.says(*_LURES) or not mail.is_stranger or mail.mail.authentication.dmarc == "pass":
        return False
    name, own = brands.words(mail.mail.sender), mail.sender_organisation
    impersonal = mail.is_robot or mail.is_publisher or any(word in brands.GENERAL for word in name)
    telling = [word for word in name if len(word) > 2 and word not in brands.GENERAL]
    return impersonal and not any(word in own or own in word for word in telling)


@rule_about(Trait.FREE_MAIL)
def bill_to_call_about(mail: Features) -> bool:
    """A bill from a free mailbox, and a number to call about it."""
    if not mail.is_stranger or not is_free_mail(mail.mail.sender.domain):
        return False
    words = {*mail.body, *mail.subject}
    return "call" in words and bool(words & _BILL) and _PHONE.search(mail.mail.new_text[:3_000]) is not None
