"""One-to-many mail: newsletters, shops, lists, chain letters."""

from __future__ import annotations

from streams.triage.brands import bears_its_name
from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about
from streams.triage.traits import Trait

MANY_LINKS = 8
"""Links from which an HTML mail looks like a page and not like a letter."""


@rule_about(Trait.BULK)
def can_be_unsubscribed(mail: Features) -> bool:
    """Has a List-Unsubscribe header (RFC 2369) and is no discussion."""
    return mail.mail.list_unsubscribe is not None and not mail.is_discussion_list


@rule_about(Trait.BULK)
def sent_in_bulk(mail: Features) -> bool:
    """Its headers say that it was sent in bulk."""
    return mail.is_bulk_mail and not mail.is_discussion_list


@rule_about(Cue.UNSUBSCRIBE)
def talks_of_unsubscribing(mail: Features) -> bool:
    """Says how to unsubscribe."""
    return mail.says(Cue.UNSUBSCRIBE) > 0 and not mail.is_discussion_list


@rule_about(Cue.NEWSLETTER)
def reads_like_a_newsletter(mail: Features) -> bool:
    """Words of newsletters, digests and surveys."""
    return mail.says(Cue.NEWSLETTER) >= 2 and not mail.is_discussion_list


@rule_about(Cue.NEWSLETTER)
def newsletter_in_the_subject(mail: Features) -> bool:
    """The subject names a newsletter, a digest or an issue."""
    return mail.in_subject.get(Cue.NEWSLETTER, 0) > 0 and not mail.is_reply


_AT_STAKE = frozenset((Cue.OUTAGE, Cue.DANGER, Cue.SECURITY, Cue.MONEY, Cue.LEGAL, Cue.NOW, Cue.CODE))


@rule_about(Cue.DIGEST)
def digest_by_a_program(mail: Features) -> bool:
    """A program sums up, lists what is new or wants to be rated, and its subject names nothing at stake."""
    return mail.is_robot and not mail.is_reply and _AT_STAKE.isdisjoint(mail.in_subject) and mail.says(Cue.DIGEST) > 0


@rule_about(Cue.MARKETING)
def reads_like_marketing(mail: Features) -> bool:
    """Words of offers, sales and discounts."""
    return mail.says(Cue.MARKETING) >= 2 and not mail.is_discussion_list


@rule
def from_a_publisher(mail: Features) -> bool:
    """From an address that newsletters and shops use."""
    return mail.is_publisher and not mail.is_colleague


@rule_about(Trait.LINKS)
def looks_like_a_page(mail: Features) -> bool:
    """An HTML mail full of links."""
    return mail.mail.is_html and len(mail.mail.links) >= MANY_LINKS and not mail.is_reply


@rule_about(Trait.DISCUSSION)
def talk_on_a_list(mail: Features) -> bool:
    """People talk on a mailing list."""
    return mail.is_discussion_list


@rule_about(Trait.LISTED)
def announced_to_a_list(mail: Features) -> bool:
    """Sent through a list, and nobody talks."""
    return mail.mail.list_id is not None and not mail.is_discussion_list


@rule
def machine_fed_list(mail: Features) -> bool:
    """A feed: a program passes on what others published."""
    local = mail.mail.sender.local.lower()
    return "rss" in local or "feed" in local.split("-") or mail.mail.new_text.startswith("URL: http")


@rule_about(Cue.CHAIN)
def chain_letter(mail: Features) -> bool:
    """A joke or a letter to be passed on."""
    return (mail.says(Cue.CHAIN) >= 2 and not mail.is_reply) or (mail.says(Cue.CHAIN) > 0 and mail.is_forward)


@rule_about(Trait.BULK)
def shouting_bulk(mail: Features) -> bool:
    """A bulk mail that shouts or counts down."""
    return mail.is_bulk_mail and not mail.is_discussion_list and (mail.shouts or mail.in_subject.get(Cue.URGENT, 0) > 0)


@rule_about(Trait.VOUCHED)
def vouched_name(mail: Features) -> bool:
    """The sender's name is its domain's, and the domain vouches for the mail (DMARC pass; RFC 7489)."""
    return mail.mail.authentication.dmarc == "pass" and bears_its_name(mail.mail.sender)
