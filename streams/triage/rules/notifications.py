"""Messages of programs about the owner's own accounts and systems."""

from __future__ import annotations

from streams.triage.features import Features
from streams.triage.phrases import Cue
from streams.triage.rule import rule, rule_about
from streams.triage.rules.bulk import machine_fed_list
from streams.triage.traits import Trait


@rule_about(Trait.ROBOT)
def sent_by_a_program(mail: Features) -> bool:
    """Sent by a program (Auto-Submitted, RFC 3834, or an address that programs use)."""
    return mail.is_robot


@rule_about(Cue.RECEIPT)
def is_a_receipt(mail: Features) -> bool:
    """A receipt, an order, a booking or a statement."""
    return mail.says(Cue.RECEIPT) > 0 and (mail.is_robot or mail.in_subject.get(Cue.RECEIPT, 0) > 0)


@rule_about(Cue.SHIPPING)
def is_about_a_parcel(mail: Features) -> bool:
    """About a parcel on its way."""
    return mail.says(Cue.SHIPPING) > 0 and mail.is_robot


@rule_about(Cue.CODE)
def has_a_one_time_code(mail: Features) -> bool:
    """Carries a one-time code that the owner waits for."""
    return mail.says(Cue.CODE) > 0 and mail.length <= 120 and not mail.fails_authentication


@rule_about(Cue.ACCOUNT)
def is_about_your_account(mail: Features) -> bool:
    """A program writes about the owner's account or service."""
    return mail.says(Cue.ACCOUNT) > 0 and mail.is_robot


@rule_about(Cue.MACHINE)
def is_from_a_tool(mail: Features) -> bool:
    """A build, a monitor, a tracker or a shared document reports."""
    return mail.says(Cue.MACHINE) > 0 and mail.is_robot


@rule_about(Cue.ASK, Cue.DECIDE)
def assigned_to_you(mail: Features) -> bool:
    """A tool says that a person wants something of the owner."""
    return (
        mail.is_robot
        and not nobody_is_there(mail)
        and mail.says(Cue.ASK, Cue.DECIDE) > 0
        and (mail.says(Cue.MACHINE) > 0 or mail.in_subject.get(Cue.DECIDE, 0) > 0)
        and not machine_fed_list(mail)
        and not mail.in_subject.get(Cue.RECEIPT)
    )


@rule_about(Cue.MONEY)
def your_payment_failed(mail: Features) -> bool:
    """A payment of the owner's did not go through."""
    troubles = mail.says(Cue.MONEY) > 0 and not mail.in_subject.get(Cue.RECEIPT)
    return mail.is_robot and troubles and not mail.fails_authentication and not mail.says(Cue.RESOLVED)


@rule
def nobody_is_there(mail: Features) -> bool:
    """An automatic reply: out of office."""
    if mail.mail.calendar_method is not None or mail_came_back(mail):
        return False
    automatic = (mail.mail.auto_submitted or "").startswith("auto-replied") or (
        mail.mail.precedence or ""
    ) == "auto_reply"
    return automatic or (mail.in_subject.get(Cue.AWAY, 0) > 0 and mail.is_robot)


@rule
def mail_came_back(mail: Features) -> bool:
    """A mail could not be delivered (RFC 3464)."""
    return (
        "multipart/report" in mail.mail.header("content-type").lower()
        or mail.mail.sender.local.lower() == "mailer-daemon"
    )


@rule_about(Cue.RESOLVED)
def cleared_by_itself(mail: Features) -> bool:
    """A program reports that all is well or well again."""
    return mail.is_robot and mail.says(Cue.RESOLVED) > 0
