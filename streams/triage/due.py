"""The day that a deadline means, resolved against the date of the mail: "by Friday" → the next Friday after it.

For what an explanation tells, and for the rules about a day that is near or far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import MAXYEAR, date, datetime, timedelta

from streams.triage.features import Features
from streams.triage.text import fold

RULES = frozenset(
    {
        "has_a_deadline",
        "named_day_is_near",
        "named_day_is_far",
        "mentions_a_deadline",
        "due_within_a_day",
        "stakes_by_tomorrow",
        "speaks_of_today",
        "soon_in_the_subject",
    }
)
"""Rules whose sentence the day is added to."""
_WORDS = 800
_WEEKDAYS = (
    "monday montag lundi lunes segunda lunedi maandag poniedzialku poniedzialek pazartesi",
    "tuesday dienstag mardi martes terca martedi dinsdag wtorku wtorek sali",
    "wednesday mittwoch mercredi miercoles quarta mercoledi woensdag srody sroda carsamba",
    "thursday donnerstag jeudi jueves quinta giovedi donderdag czwartku czwartek persembe",
    "friday freitag vendredi viernes sexta venerdi vrijdag piatku piatek cuma cumaya",
    "saturday samstag samedi sabado sabato zaterdag soboty sobota cumartesi",
    "sunday sonntag dimanche domingo domenica zondag niedzieli niedziela pazar",
)
_AHEAD = (
    "today tonight heute hoy hoje oggi stasera vandaag vanavond dzis dzisiaj bugun eod",
    "tomorrow morgen demain manana amanha domani jutro jutra yarin",
    "ubermorgen dopodomani overmorgen pojutrze",
)
_BEFORE = frozenset(
    fold(word)
    for word in (
        "by before until till due latest bis vor spätestens zum kommenden avant pour ici antes para hasta até entro "
        "tegen voor uiterlijk do przed najpóźniej del el the next this nächsten"
    ).split()
)
_GREETINGS = frozenset({"guten", "schonen", "goede", "esta", "la", "heute"})
"""Before these, the word for tomorrow is the morning."""
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_OF = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
_DAYS_AHEAD = {word: number for number, words in enumerate(_AHEAD) for word in words.split()}
_DAYS = frozenset(_DAY_OF) | frozenset(_DAYS_AHEAD)
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")


def due(features: Features) -> date | None:
    """The first day that is named; None where none is, or where the mail's own day is not known."""
    sent = _sent(features)
    if sent is None or sent.year == MAXYEAR:
        return None
    if (found := _written_out(features.mail.subject[:500] + "\n" + features.mail.new_text[:4000], sent)) is not None:
        return found
    return _named(features.subject, sent) or _named(features.body[:_WORDS], sent)


def days_left(features: Features) -> int | None:
    """Days from the mail's own day to `due`; None where there is none of the two."""
    sent, day = _sent(features), due(features)
    return (day - sent).days if sent and day else None


def _sent(features: Features) -> date | None:
    if features.mail.date is not None:
        return features.mail.date.date()
    received = features.facts.received_at
    return datetime.fromisoformat(received).date() if received else None


def _written_out(text: str, sent: date) -> date | None:
    """A date in ISO 8601 that is not over."""
    for year, month, day in _ISO.findall(text):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if found >= sent:
            return found
    return None


def _named(words: Sequence[str], sent: date) -> date | None:
    if _DAYS.isdisjoint(words):
        return None
    for at, word in enumerate(words):
        if word in _DAYS_AHEAD and words[at - 1] not in _GREETINGS:
            return sent + timedelta(days=_DAYS_AHEAD[word])
        if word in _DAY_OF and at and words[at - 1] in _BEFORE:
            return sent + timedelta(days=(_DAY_OF[word] - sent.weekday() - 1) % 7 + 1)
    return None


def told(sentence: str, day: date | None) -> str:
    """A rule's sentence with the day."""
    return f"{sentence.rstrip('.')} ({_NAMES[day.weekday()]} {day.isoformat()})." if day else sentence
