"""Who writes to whom, and what they ask."""

from __future__ import annotations

from streams.triage.addresses import is_free_mail
from streams.triage.features import SHORT, Features
from streams.triage.parties import Role
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about
from streams.triage.traits import Trait

WORD = 5
"""Words up to which an answer is a bare yes or no."""


@rule_about(Cue.ASK)
def asks_for_something(mail: Features) -> bool:
    """Asks the reader to do or answer something."""
    return mail.in_body.get(Cue.ASK, 0) > mail.in_body.get(Cue.COURTESY, 0)


@rule_about(Cue.ASK, Cue.YOU)
def asks_repeatedly(mail: Features) -> bool:
    """Asks more than once."""
    return mail.in_body.get(Cue.ASK, 0) + mail.questions_to_you >= 3


@rule
def asks_in_the_subject(mail: Features) -> bool:
    """The subject itself is a question or a request."""
    fresh = not mail.is_reply and not mail.is_bulk_mail
    return fresh and (mail.in_subject.get(Cue.ASK, 0) > 0 or "?" in mail.subject)


@rule_about(Cue.YOU)
def puts_a_question_to_you(mail: Features) -> bool:
    """Puts a question to the reader."""
    return mail.questions_to_you > 0


@rule_about(Trait.SHORT)
def is_a_short_question(mail: Features) -> bool:
    """A short mail with a question in it."""
    return mail.questions > 0 and mail.length <= SHORT


@rule_about(Cue.DECIDE)
def wants_a_decision(mail: Features) -> bool:
    """Wants an approval, a confirmation, a signature or a decision."""
    return mail.says(Cue.DECIDE) > 0


@rule_about(Cue.SOFT_ASK)
def asks_politely(mail: Features) -> bool:
    """Invites an answer without asking for one."""
    return mail.in_body.get(Cue.SOFT_ASK, 0) > 0 and not mail.asks


@rule_about(Trait.CALLING)
def turns_to_you_by_name(mail: Features) -> bool:
    """Turns to the owner by name within a mail to many."""
    return mail.role in {Role.COPY, Role.LIST, Role.CROWD, Role.HIDDEN} and mail.calls_owner and not mail.is_bulk_mail


@rule_about(Trait.CALLING)
def names_you_on_a_list(mail: Features) -> bool:
    """Turns to the owner by name on a mailing list."""
    return mail.is_discussion_list and mail.calls_owner


@rule_about(Role.DIRECT)
def sent_to_you_alone(mail: Features) -> bool:
    """A person wrote to the owner alone."""
    return mail.role is Role.DIRECT and not mail.is_robot and not mail.is_bulk_mail


@rule_about(Role.DIRECT)
def asks_you_alone(mail: Features) -> bool:
    """A person asks the owner, and nobody else."""
    return sent_to_you_alone(mail) and mail.asks


@rule_about(Role.FEW)
def sent_to_a_few(mail: Features) -> bool:
    """Sent to a small group with the owner in it."""
    return mail.role is Role.FEW and not mail.is_robot


@rule_about(Role.FEW)
def asks_a_few(mail: Features) -> bool:
    """A person asks a small group with the owner in it."""
    return sent_to_a_few(mail) and not mail.is_bulk_mail and mail.asks


@rule_about(Role.CROWD)
def sent_to_many(mail: Features) -> bool:
    """Sent to many people or to a group address."""
    return mail.role is Role.CROWD


@rule_about(Role.COPY)
def sent_to_someone_else(mail: Features) -> bool:
    """The owner only gets a copy, and is not spoken to."""
    return mail.role is Role.COPY and not mail.calls_owner


@rule_about(Role.COPY)
def asks_someone_else(mail: Features) -> bool:
    """Asks something of somebody else: the owner only gets a copy, and is not spoken to."""
    return sent_to_someone_else(mail) and mail.asks


@rule_about(Cue.CHATTER)
def office_chatter(mail: Features) -> bool:
    """Tells everybody of cake, lost things or parked cars."""
    return mail.says(Cue.CHATTER) > 0 and mail.role not in {Role.DIRECT, Role.FEW} and not mail.calls_owner


@rule_about(Role.HIDDEN)
def not_named(mail: Features) -> bool:
    """The owner is not among the named recipients."""
    return mail.role is Role.HIDDEN


@rule_about(Trait.COLLEAGUE)
def from_a_colleague(mail: Features) -> bool:
    """From the owner's own organisation."""
    return mail.is_colleague and not mail.is_robot


@rule_about(Cue.NO_ACTION)
def no_action_needed(mail: Features) -> bool:
    """Says that nothing needs doing."""
    return mail.says(Cue.NO_ACTION) > 0


@rule_about(Cue.NO_ACTION)
def asks_nothing_after_all(mail: Features) -> bool:
    """Sounds like a request, and says that nothing needs doing."""
    return mail.says(Cue.NO_ACTION) > 0 and mail.asks


@rule_about(Cue.DECIDE)
def decision_in_the_subject(mail: Features) -> bool:
    """The subject says that a decision is wanted."""
    return mail.in_subject.get(Cue.DECIDE, 0) > 0 and not mail.is_bulk_mail


@rule_about(Cue.WITHDRAWN)
def ask_withdrawn(mail: Features) -> bool:
    """Takes an earlier request back."""
    return mail.says(Cue.WITHDRAWN) > 0 and mail.length <= 2 * SHORT


@rule_about(Cue.THANKS)
def only_thanks(mail: Features) -> bool:
    """Thanks, and asks for nothing."""
    return mail.says(Cue.THANKS) > 0 and not mail.asks


@rule_about(Cue.FYI)
def only_for_information(mail: Features) -> bool:
    """Passes something on for information, and asks for nothing."""
    return mail.says(Cue.FYI) > 0 and not mail.asks


@rule_about(Trait.SHORT)
def forwarded_without_a_word(mail: Features) -> bool:
    """Forwarded or sent with hardly a word of its own."""
    return mail.length <= 5 and "?" not in mail.subject and not mail.questions and not mail.in_subject.get(Cue.ASK)


@rule_about(Role.DIRECT)
def answers_in_a_word(mail: Features) -> bool:
    """Answers or instructs the owner in a few words, and it is no thanks: somebody waited for this to go on."""
    terse = 0 < mail.length <= WORD and (mail.mail.quoted or mail.is_reply)
    return terse and sent_to_you_alone(mail) and not mail.says(Cue.NOTED, Cue.THANKS, Cue.FYI, Cue.ASK)


@rule_about(Cue.PERSONAL)
def personal_words(mail: Features) -> bool:
    """Words of family, friends and home."""
    return mail.says(Cue.PERSONAL) >= 2 and not mail.is_robot


@rule_about(Role.DIRECT)
def from_a_private_mailbox(mail: Features) -> bool:
    """A person writes from a free mail provider to the owner alone."""
    return sent_to_you_alone(mail) and is_free_mail(mail.mail.sender.domain)
