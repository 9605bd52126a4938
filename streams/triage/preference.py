"""Does an owner answer one sender more than people in general? Pure.

Their share of answers is held against that of all other people's mail: who answers half of everything prefers nobody,
whoever is answered by half. The others' is one up to the last answer, the sender's one of all their mails: both are
wrong to the sender's disadvantage, and who is away and answers nobody comes to prefer nobody."""

from __future__ import annotations

from math import sqrt

from streams.triage.verdict import Answered

LEAST_MAILS, LEAST_OTHERS = 5, 20
"""Mails of a sender, and of others, before anything is said."""
LEAST_SHARE = 0.5
SURE = 3.0
"""Standard deviations: it is asked again with every mail, and must hold by chance for nobody."""


def prefers(mails: int, replied: int, people: Answered) -> bool:
    """Whether so many answers to so many mails of a sender are more than others get."""
    others = people.mails - mails
    if mails < LEAST_MAILS or others < LEAST_OTHERS or replied > mails:
        return False
    usual = min(1.0, (max(0, people.replied - replied) + 1) / (others + 2))  # Laplace: nobody answers never, or always
    deviation = sqrt(usual * (1 - usual) * (1 / mails + 1 / others))  # of the difference of two shares
    return replied / mails > max(LEAST_SHARE, usual + SURE * deviation)
