"""The cues: what a phrase says, whatever language it says it in."""

from __future__ import annotations

from enum import StrEnum, auto


class Cue(StrEnum):
    """One meaning that phrases of several languages share."""

    __hash__ = str.__hash__  # Enum's own is a Python function, and cues are looked up a thousand times a mail

    ASK = auto()
    """A request to the reader."""
    SOFT_ASK = auto()
    """A courtesy that may be a request."""
    COURTESY = auto()
    """An offer of help that only sounds like a request ("if you have any questions, please call")."""
    CHATTER = auto()
    """Cake in the kitchen, a scarf found: what a whole office is told."""
    DECIDE = auto()
    """Approval, confirmation, a signature or a decision is wanted."""
    NO_ACTION = auto()
    """Says that nothing needs doing."""
    WITHDRAWN = auto()
    """Takes an ask back."""
    FYI = auto()
    THANKS = auto()
    NOTED = auto()
    """Short answers that need none: "ok", "thanks", "will do"."""
    YOU = auto()
    """A word for the reader."""
    NOW = auto()
    """At once, within minutes or hours."""
    URGENT = auto()
    """The word urgent and its kin: cheap to write."""
    SOON = auto()
    """A point of time within about a day."""
    DEADLINE = auto()
    """A deadline further away or without a date."""
    LATER = auto()
    """A day, week or month further away: what names one can wait."""
    DANGER = auto()
    """Harm to people or animals, fire, leaks, crime."""
    OUTAGE = auto()
    """Something that must run does not."""
    SECURITY = auto()
    """A breach, a leak of data, a vulnerability."""
    MONEY = auto()
    """Money is lost, refused, overdue or at stake."""
    LEGAL = auto()
    """Authorities, courts, contracts, audits."""
    BLOCKED = auto()
    """Work stands still until someone acts."""
    OR_ELSE = auto()
    """What happens if nobody acts in time."""
    ONLY_YOU = auto()
    """Nobody but the reader can do it."""
    CUTOFF = auto()
    """An hour of today at which something ends or begins."""
    UNREACHED = auto()
    """The reader was not reached, and is to call."""
    WAITING = auto()
    """Somebody stands there, or had to stop everything."""
    BRIEF = auto()
    """Minutes, hours, an hour of the day."""
    HAPPENING = auto()
    """It is going on."""
    HELPLESS = auto()
    """Does not know what to do, or wants the reader to step in."""
    CANNOT = auto()
    """Something or somebody cannot."""
    SCENE = auto()
    """What emergencies have about them, and ordinary days too: doctors, ladders, valves."""
    DRILL = auto()
    """An exercise, a test, a lesson: talk of emergencies without one."""
    RESOLVED = auto()
    """It is over."""
    MEETING = auto()
    CHANGED = auto()
    """A plan was moved or cancelled."""
    RECEIPT = auto()
    SHIPPING = auto()
    CODE = auto()
    """A one-time code."""
    ACCOUNT = auto()
    """Something happened in the reader's own account."""
    MACHINE = auto()
    """Builds, monitors, trackers."""
    AWAY = auto()
    """Out of office, bounces."""
    UNSUBSCRIBE = auto()
    NEWSLETTER = auto()
    DIGEST = auto()
    """A summary by a program, new entries of a search, a wish to be rated."""
    MARKETING = auto()
    PERSONAL = auto()
    CHAIN = auto()
    """Jokes and letters to be passed on."""
    SPAM = auto()
    """Words of unsolicited offers."""
    BLATANT = auto()
    """Phrases that hardly anybody but a spammer writes."""
    PITCH = auto()
    """A stranger sells services."""
    FRAUD = auto()
    """Advance fee, extortion."""
    CREDENTIALS = auto()
    """Sign in, verify, re-enrol."""
    THREAT = auto()
    """The account will be closed, the parcel sent back."""
    PAYOUT = auto()
    """Gift cards, changed bank details, small fees."""
