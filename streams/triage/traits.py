"""The traits: what a mail is or has, as far as rules are asked by it. Cues are what it says."""

from __future__ import annotations

from enum import StrEnum


class Trait(StrEnum):
    """Something that most mail is not or has not, and that several rules would look for first."""

    __hash__ = str.__hash__  # Enum's own is a Python function, and every decision looks traits up

    LINKS = "has links"
    ATTACHMENTS = "has attachments"
    ANSWERS = "has Reply-To"
    CALENDAR = "has a calendar part"
    LISTED = "has List-Id"
    VOUCHED = "has a domain that vouches"
    KNOWN_SENDER = "has a sender on record"
    KNOWN_THREAD = "has a thread on record"
    BULK = "is bulk mail"
    DISCUSSION = "is of a discussion list"
    FORGED = "is disowned by its domain"
    COLLEAGUE = "is of a colleague"
    STRANGER = "is of a stranger"
    ROBOT = "is of a program"
    FREE_MAIL = "is of a free mailbox"
    SHORT = "is short"
    SHOUTING = "shouts"
    EXCLAIMING = "exclaims"
    CALLING = "calls the owner"
