r"""Pure: a mail template and the present moment → the raw mail. Placeholders name moments relative to now.

    {{date:-3h}}  {{date:-3h;+0100}}    a date-time of RFC 5322 §3.3, in UTC or the zone given
    {{day:+2}}                          the day as said in the mail's Content-Language: "Thursday 26 November"
    {{day:+1w@10:00;%Y%m%dT%H%M%SZ}}    the same moment in a numeric strftime pattern (UTC)
    {{clock:+3h}}                       a time of day, on the next full half hour: "16:30"

An offset is in days, or m(inutes), h(ours), d(ays), w(orking days, Monday to Friday); @HH:MM then sets the time of day.
What is put into a body is written in the charset and the transfer encoding that the nearest header above it states.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from agents.sample.spoken import spoken_day

_PLACEHOLDER = re.compile(rb"\{\{(date|day|clock):([+-]\d+)([mhdw]?)(?:@(\d\d):(\d\d))?(?:;([^{}]+))?\}\}")
_CHARSET = re.compile(rb'^content-type:[^\n]*(?:\n[ \t][^\n]*)*?charset="?([\w-]+)', re.IGNORECASE | re.MULTILINE)
_ENCODING = re.compile(rb"^content-transfer-encoding:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_LANGUAGE = re.compile(rb"^content-language:\s*([a-z]{2})", re.IGNORECASE | re.MULTILINE)
_HALF_HOUR = timedelta(minutes=30)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "": timedelta(days=1)}


def render(template: bytes, now: datetime) -> bytes:
    """The mail of `template` as it would read at `now` (zone-aware). All other bytes stay as they are."""
    moment = now.astimezone(UTC)
    language = _last(_LANGUAGE, template) or "en"

    def written(match: re.Match[bytes]) -> bytes:
        return _encoded(_text(match, moment, language), template[: match.start()])

    return _PLACEHOLDER.sub(written, template)


def _text(match: re.Match[bytes], now: datetime, language: str) -> str:
    kind, count, unit, hour, minute, form = (group.decode() if group else "" for group in match.groups())
    moment = _shifted(now, int(count), unit)
    if hour:
        moment = moment.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    if kind == "date":
        zone = datetime.strptime(form or "+0000", "%z").tzinfo
        return format_datetime(moment.astimezone(zone))
    if kind == "clock":
        return _next_half_hour(moment).strftime("%H:%M")
    return moment.strftime(form) if form else spoken_day(moment, language)


def _shifted(now: datetime, count: int, unit: str) -> datetime:
    if unit != "w":
        return now + count * _UNITS[unit]
    step = timedelta(days=1 if count > 0 else -1)
    moment, left = now, abs(count)
    while left:
        moment += step
        left -= moment.weekday() < 5
    return moment


def _next_half_hour(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + (_HALF_HOUR if past else timedelta())


def _encoded(text: str, above: bytes) -> bytes:
    raw = text.encode(_last(_CHARSET, above) or "utf-8")
    if _last(_ENCODING, above) == "quoted-printable":  # RFC 2045 §6.7 rule 1
        return b"".join(b"=%02X" % byte if byte > 126 or byte == ord("=") else bytes([byte]) for byte in raw)
    return raw


def _last(pattern: re.Pattern[bytes], template: bytes) -> str:
    found = pattern.findall(template)
    return found[-1].decode().lower() if found else ""
