"""Responses → what they say (RFC 3501 §7). Pure. Servers that answer NIL, atoms or literals where a string is expected,
out of order, or more than was asked for are understood; anything else is one error: MalformedResponse."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.sources.imap.fingerprint import MESSAGE_ID
from agents.sources.imap.framing import Literal, MalformedResponse, Response

Value = bytes | Literal | None | tuple["Value", ...]
"""An atom or string; a literal; NIL; a list."""

MAX_DEPTH = 32
MAX_TOKENS = 20_000
"""Of one response: a mail has some flags, a folder a few attributes. More would hold up the other mailboxes."""

# One token: space, a bracket, a quoted string, or an atom with a body part's section: BODY[HEADER.FIELDS (A)]<0>.
_TOKEN = re.compile(
    rb'(?P<space>[ \t]++)|(?P<open>\()|(?P<close>\))|"(?P<quoted>(?:[^"\\]++|\\.)*+)"'
    rb'|(?P<atom>(?:[^\s()"\[]++|\[[^\[\]]*+\])++|\[)',
    re.DOTALL,
)
_CODE = re.compile(rb"\[([A-Za-z0-9-]+)(?: ([^\]]*))?\]")
_INTERNAL_DATE = re.compile(rb" ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})")
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One FETCH response (RFC 3501 §7.4.2); None where it says nothing."""

    uid: int
    size: int | None = None
    internal_date: datetime | None = None
    gmail_id: int | None = None
    has_body: bool = False
    body: Literal | None = None
    """None although `has_body`: the server said NIL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What a FETCH response says of one mail's flags."""

    uid: int
    flags: frozenset[bytes]
    """System flags and keywords (RFC 3501 §2.3.2) in lower case."""
    modseq: int = 0
    """RFC 7162 §3.1; 0: not said."""
    gmail_id: int | None = None
    message_id: bytes = b""
    """Of the header field, where that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One LIST response (RFC 3501 §7.2.2)."""

    wire_name: bytes
    attributes: tuple[str, ...]


def values(response: Response) -> tuple[Value, ...]:
    """The tokens of a response.

    Raises:
        MalformedResponse: an unfinished list or string, lists in lists beyond MAX_DEPTH, or more than MAX_TOKENS.
    """
    stack: list[list[Value]] = [[]]
    count = 0
    for index, text in enumerate(response.texts):
        for token in _tokens(text):
            count += 1
            if count > MAX_TOKENS:
                raise MalformedResponse(f"more than {MAX_TOKENS} words in one response")
            _put(stack, token)
        if index < len(response.literals):
            stack[-1].append(response.literals[index])
    if len(stack) != 1:
        raise MalformedResponse("a list without its end")
    return tuple(stack[0])


_NUMBERED = frozenset({b"EXISTS", b"EXPUNGE", b"FETCH", b"RECENT"})


def kind(response: Response) -> tuple[bytes, bytes]:
    """An untagged response's name in capitals and the rest of its line: ("EXISTS", "23"), ("OK", "[UIDNEXT 7] ...")."""
    words = response.texts[0].split(b" ", 2)
    if len(words) == 3 and words[1].isdigit() and len(words[1]) <= 10:
        name, _, _ = words[2].partition(b" ")
        return name.upper(), words[1]
    name = words[1].upper() if len(words) > 1 else b""
    if name in _NUMBERED:  # without its number it says nothing
        name = b""
    return name, (words[2] if len(words) > 2 else b"")


def code(text: bytes) -> tuple[str, bytes]:
    """The response code (RFC 3501 §7.1, RFC 5530) and its argument: ("UIDNEXT", "7"); ("", "") without one."""
    found = _CODE.match(text)
    return (found[1].decode().upper(), found[2] or b"") if found else ("", b"")


def search_uids(response: Response) -> array[int]:
    """The numbers of a SEARCH response. A million of them take 8 MB."""
    return array("Q", (int(word) for word in response.texts[0].split()[2:] if word.isdigit() and len(word) < 11))


def fetched(response: Response) -> Fetched | None:
    """What a FETCH response says of one mail; None when it names no UID (a flag changed).

    Raises:
        MalformedResponse
    """
    pairs = _pairs(response)
    uid = _number(pairs.get(b"UID"))
    if uid is None:
        return None
    bodies = [value for name, value in pairs.items() if name in {b"BODY[]", b"RFC822"} or name.startswith(b"BODY[]<")]
    return Fetched(
        uid=uid,
        size=_number(pairs.get(b"RFC822.SIZE")),
        internal_date=internal_date(pairs.get(b"INTERNALDATE")),
        gmail_id=_number(pairs.get(b"X-GM-MSGID")),
        has_body=bool(bodies),
        body=_string(bodies[0]) if bodies else None,
    )


def marked(response: Response) -> Marked | None:
    """What a FETCH response says of one mail's flags; None when it names no UID.

    Raises:
        MalformedResponse
    """
    pairs = _pairs(response)
    uid, flags, modseq = _number(pairs.get(b"UID")), pairs.get(b"FLAGS"), pairs.get(b"MODSEQ")
    if uid is None:
        return None
    header = next((_string(value) for name, value in pairs.items() if name.startswith(b"BODY[HEADER")), None)
    named = MESSAGE_ID.search(header.data) if header else None
    return Marked(
        uid=uid,
        flags=frozenset(each.lower() for each in flags if isinstance(each, bytes))
        if isinstance(flags, tuple)
        else frozenset(),
        modseq=(_number(modseq[0]) or 0) if isinstance(modseq, tuple) and modseq else 0,
        gmail_id=_number(pairs.get(b"X-GM-MSGID")),
        message_id=named[1] if named else b"",
    )


def _pairs(response: Response) -> dict[bytes, Value]:
    parts = values(response)
    items = parts[3] if len(parts) > 3 else None
    if not isinstance(items, tuple) or len(items) % 2:
        raise MalformedResponse("FETCH without pairs of names and values")
    return {_name(name): value for name, value in zip(items[::2], items[1::2], strict=True)}


def listed(response: Response) -> Listed | None:
    """What a LIST response says of one folder; None when it has no name.

    Raises:
        MalformedResponse
    """
    parts = values(response)
    if len(parts) < 5 or not isinstance(parts[2], tuple):
        raise MalformedResponse("LIST without attributes, delimiter and name")
    name = _string(parts[4])
    attributes = tuple(part.decode("ascii", "replace").lower() for part in parts[2] if isinstance(part, bytes))
    return Listed(wire_name=name.data, attributes=attributes) if name and name.data else None


def internal_date(value: Value) -> datetime | None:
    """A date-time of RFC 3501 §9 in UTC; None when it is missing or no date."""
    given = _string(value)
    found = _INTERNAL_DATE.fullmatch(given.data) if given else None
    if found is None or found[2].lower() not in _MONTHS:
        return None
    try:
        month = _MONTHS.index(found[2].lower()) + 1
        day, year, hour, minute, second, zone = (part.decode() for part in found.group(1, 3, 4, 5, 6, 7))
        text = f"{year}-{month:02}-{day:0>2}T{hour}:{minute}:{second}{zone[:3]}:{zone[3:]}"
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _tokens(text: bytes) -> Iterator[re.Match[bytes]]:
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise MalformedResponse("a quoted string without its end, or a control character")
        yield token
        at = token.end()


def _put(stack: list[list[Value]], token: re.Match[bytes]) -> None:
    match token.lastgroup:
        case "open":
            if len(stack) >= MAX_DEPTH:
                raise MalformedResponse(f"more than {MAX_DEPTH} lists in lists")
            stack.append([])
        case "close":
            if len(stack) == 1:
                raise MalformedResponse("the end of a list without its start")
            done = tuple(stack.pop())
            stack[-1].append(done)
        case "quoted":
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", token["quoted"], flags=re.DOTALL))
        case "atom":
            stack[-1].append(None if token["atom"].upper() == b"NIL" else token["atom"])


def _name(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise MalformedResponse("a FETCH item without a name")
    return value.upper()


def _number(value: Value) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 20 else None


def _string(value: Value) -> Literal | None:
    """A string, in whatever form it came."""
    if isinstance(value, tuple):
        raise MalformedResponse("a list where a string is expected")
    return Literal(value, len(value)) if isinstance(value, bytes) else value
