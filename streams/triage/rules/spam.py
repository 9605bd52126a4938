"""Unsolicited mail: what it sells, and how it is built."""

from __future__ import annotations

import re

from streams.triage.addresses import is_free_mail
from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about
from streams.triage.traits import Trait

_SUBJECT_NOISE = re.compile(
    r"\s{4,}\S{3,24}\s*$|[\[({<][a-z0-9]{4,8}[\])}>]\s*$|[a-z.!?]\s+(?!(?:19|20)\d\d\s*$)\d{4,6}\s*$"
)
_NUMBERED = re.compile(
    r"(?:invoice|order|ticket|case|claim|number|no|nr|ref|reference|id|account|booking|policy|code|issue|po|rechnung|bestellung|"
    r"auftrag|facture|commande|factura|pedido|fatura|fattura|ordine|factuur|bestelling|faktura|zam[oó]wienie)[.:]?\s+\d{4,6}\s*$",
    re.IGNORECASE,
)
"""A number that means something ends the subject."""
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{4,}")
# One set first: the search looks for it alone.
_SIX_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz][bcdfghjklmnpqrstvwxz]{5}")
_ADVERTISEMENT = re.compile(r"^\W{0,3}adv\b\s?[:.]|\badv:?\W{0,3}$", re.IGNORECASE)
_DIGITS = re.compile(r"\d\d\d")
_PLAIN_ADDRESS_LINK = re.compile(r"https?://(?:\d{1,3}\.){3}\d{1,3}|https?://[^/\s]{0,200}@|https?://\d{8,10}\b")
_OFFERS = (Cue.SPAM, Cue.BLATANT)


def gibberish(text: str) -> bool:
    """Whether a text ends in a word without a vowel, or has six consonants in a row."""
    lowered = text.lower()
    last = lowered.split()[-1:]
    return bool(last and _CONSONANTS.fullmatch(last[0])) or _SIX_CONSONANTS.search(lowered) is not None


@rule_about(Cue.BLATANT)
def spam_phrases(mail: Features) -> bool:
    """A phrase that hardly anybody but a spammer writes."""
    return mail.says(Cue.BLATANT) > 0 and mail.density(*_OFFERS) >= 1.5


@rule_about(Cue.BLATANT)
def more_spam_phrases(mail: Features) -> bool:
    """Several phrases that hardly anybody but a spammer writes."""
    return mail.says(Cue.BLATANT) >= 3 and mail.density(*_OFFERS) >= 2.5


@rule_about(Cue.BLATANT)
def full_of_spam_phrases(mail: Features) -> bool:
    """Full of spammers' phrases."""
    return mail.says(Cue.BLATANT) >= 6 and mail.density(*_OFFERS) >= 3


@rule_about(*_OFFERS)
def dense_with_offers(mail: Features) -> bool:
    """Every few words an offer, money or medicine."""
    return mail.density(*_OFFERS) >= 5 and mail.says(*_OFFERS) >= 4 and not mail.is_reply


@rule_about(*_OFFERS)
def spam_in_the_subject(mail: Features) -> bool:
    """The subject sells."""
    return mail.in_subject.get(Cue.BLATANT, 0) + mail.in_subject.get(Cue.SPAM, 0) > 0 and not mail.is_reply


@rule
def noise_in_the_subject(mail: Features) -> bool:
    """The subject ends in noise that makes every copy different."""
    if mail.is_reply_to_something:
        return False
    ending = mail.mail.subject[-60:]
    noise = _SUBJECT_NOISE.search(ending) and not _NUMBERED.search(ending)
    return bool(noise) or gibberish(ending)


@rule_about(Trait.STRANGER)
def pretends_to_answer(mail: Features) -> bool:
    """A reply prefix, but it answers nothing."""
    return mail.is_reply and not mail.is_reply_to_something and mail.is_stranger and not mail.mail.quoted


@rule
def marked_as_advertisement(mail: Features) -> bool:
    """The subject marks an advertisement ("ADV:")."""
    subject = mail.mail.subject[:200]
    return "adv" in subject.lower() and _ADVERTISEMENT.search(subject) is not None


@rule_about(Trait.STRANGER)
def throwaway_sender(mail: Features) -> bool:
    """The sender's address looks made up by a program."""
    sender = mail.mail.sender
    if not mail.is_stranger or mail.is_robot or mail.is_publisher:
        return False
    return _DIGITS.search(sender.local) is not None or gibberish(sender.local)


@rule_about(Trait.FREE_MAIL)
def nameless_free_mail(mail: Features) -> bool:
    """From a free mailbox without a name."""
    return not mail.mail.sender.name and is_free_mail(mail.mail.sender.domain) and mail.is_stranger


@rule_about(Trait.STRANGER)
def to_itself_or_nobody(mail: Features) -> bool:
    """Addressed to nobody, or to its own sender."""
    to = {address.address for address in mail.people}
    return (not to or to == {mail.mail.sender.address}) and mail.is_stranger


@rule_about(Trait.ANSWERS)
def answers_go_to_free_mail(mail: Features) -> bool:
    """Answers go to a free mailbox elsewhere."""
    reply = [address.domain for address in mail.mail.reply_to if address.domain]
    return any(domain != mail.mail.sender.domain and is_free_mail(domain) for domain in reply) and mail.is_stranger


@rule_about(Trait.LINKS)
def link_hides_its_place(mail: Features) -> bool:
    """A link to a bare number instead of a name, or one that hides its host."""
    return any(_PLAIN_ADDRESS_LINK.match(link.target) for link in mail.mail.links)


@rule_about(Trait.STRANGER)
def html_alone_from_a_stranger(mail: Features) -> bool:
    """HTML without a plain text, from a stranger for whom no domain vouches."""
    kind = mail.mail.header("content-type").lower()
    foreign = mail.is_stranger and mail.mail.authentication.dmarc != "pass"
    return kind.startswith("text/html") and foreign and not mail.is_bulk_mail and not mail.is_robot


@rule
def no_proper_headers(mail: Features) -> bool:
    """Lacks the headers that mail programs write (Message-ID, Date; RFC 5322 §3.6)."""
    return mail.mail.date is None or not mail.mail.message_id or not mail.mail.sender.address


@rule_about(Trait.STRANGER)
def hides_text(mail: Features) -> bool:
    """Holds text that a reader cannot see, or a form."""
    return bool(mail.mail.flags & {"hidden-text", "form"}) and mail.is_stranger


@rule_about(Cue.PITCH)
def cold_pitch(mail: Features) -> bool:
    """A stranger offers services."""
    return mail.says(Cue.PITCH) >= 2 and mail.is_stranger and not mail.is_robot and not mail.is_bulk_mail


@rule_about(Cue.PITCH)
def hard_pitch(mail: Features) -> bool:
    """A stranger offers services in a salesman's phrases."""
    return mail.says(Cue.PITCH) >= 4 and mail.is_stranger


@rule_about(Cue.FRAUD)
def advance_fee(mail: Features) -> bool:
    """The tale of a fortune or of a secret recording."""
    return mail.says(Cue.FRAUD) >= 3 and mail.is_stranger
