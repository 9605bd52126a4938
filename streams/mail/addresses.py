"""Address headers (RFC 5322 §3.4, RFC 6532), lenient and linear: names are claims, an address is what has an "@"."""

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from streams.mail import limits
from streams.mail.headers import plain
from streams.mail.model import Address

# What matters between two commas: a quoted string, a comment (one level of nesting), an angle address, a separator.
_TOKEN: Final = re.compile(
    r'"(?P<quoted>(?:[^"\\]++|\\.)*+)(?:"|\\?\Z)'
    r"|\((?P<comment>(?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+(?:\)|\\?\Z))*+)(?:\)|\\?\Z)"
    r"|<(?P<angle>[^<>]*+)>"
    r"|(?P<separator>[,;])"
    r"|(?P<plain>[^\"(<,;]++|.)",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_SPEC: Final = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}+@[^\s<>(),;:\"@]{1,255}")
_OFTEN_CHARS: Final = 200
# The forms that nearly all have, read at once: `Alice <a@b.example>`, `"Alice" <a@b.example>`, `a@b.example`.
_SIMPLE_SPEC: Final = r"[A-Za-z0-9!#$%&'*+/?^_`{|}~.-]{1,128}+@\.{0,9}+[A-Za-z0-9-][A-Za-z0-9.-]{0,245}+"
_SIMPLE: Final = re.compile(
    rf'(?:"([^"\\:=]*+)"[ \t]*+|([^"(<>,;:@=\\]*+))<({_SIMPLE_SPEC})>|({_SIMPLE_SPEC})', re.ASCII
)


def addresses(value: str, odd: set[str]) -> tuple[Address, ...]:
    """The mailboxes of an undecoded address header, groups (§3.4: "name: a, b;") dissolved."""
    found, wrong = _often(value) if len(value) <= _OFTEN_CHARS else _read(value)
    odd |= wrong
    return found


def _read(value: str) -> tuple[tuple[Address, ...], frozenset[str]]:
    odd: set[str] = set()
    found = _mailboxes(value, odd)
    return found, frozenset(odd)


_often = lru_cache(maxsize=1024)(_read)
"""A mailbox sees the same people and lists again and again."""


def _mailboxes(value: str, odd: set[str]) -> tuple[Address, ...]:
    simple = _SIMPLE.fullmatch(value)
    if simple:
        quoted, words, angle, bare = simple.groups("")
        return (Address(name=plain(quoted or words, odd), address=_lower_domain(angle or bare)),)
    found: list[Address] = []
    current = _Mailbox()
    for token in islice(_TOKEN.finditer(value), limits.ADDRESS_TOKENS):
        if token["separator"]:
            current.into(found, odd)
            current = _Mailbox()
            if len(found) >= limits.ADDRESSES:
                return tuple(found)
        else:
            current.take(token)
    current.into(found, odd)
    return tuple(found)


class _Mailbox:
    """One mailbox while its tokens are read."""

    __slots__ = ("comments", "spec", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.spec = ""

    def take(self, token: re.Match[str]) -> None:
        if token["angle"] is not None:
            self.spec = token["angle"] or self.spec
        elif token["comment"] is not None:
            self.comments.append(_ESCAPE.sub(r"\1", token["comment"]))
        elif token["quoted"] is not None:
            quoted = _ESCAPE.sub(r"\1", token["quoted"])
            self.words.append(f'"{quoted}"' if _local_part_follows(token) else quoted)
        else:
            self.words.append(token["plain"])

    def into(self, found: list[Address], odd: set[str]) -> None:
        name, spec = "".join(self.words).strip(), self.spec
        if not spec and "@" in name:
            name, spec = _spec_of(name)
        elif not spec or ":" in name:
            name = name.rpartition(":")[2].strip()  # the name of a group
        if spec and "=?" in spec and "@" not in spec:
            spec = plain(spec, odd)
        _, _, spec = spec.rpartition(":")  # RFC 5322 §4.4: an obsolete route before the address
        name = plain(name or " ".join(self.comments), odd)
        address = _lower_domain(plain("".join(spec.split()), odd))
        if "@" not in address.strip("@"):
            name, address = name or address, ""
        if name or address:
            found.append(Address(name=name[: limits.VALUE_CHARS], address=address))


def _local_part_follows(token: re.Match[str]) -> bool:
    return token.string[token.end() : token.end() + 1] == "@"  # "quoted local part"@example.org


def _spec_of(text: str) -> tuple[str, str]:
    """Name and address of a mailbox without angle brackets: `alice@example.org`, `Alice alice@example.org`."""
    text = text.rpartition(":")[2] if text.count(":") and "@" in text.rpartition(":")[2] else text
    if text.startswith('"') and '"@' in text:
        return "", text
    spec = _SPEC.search(text)
    if not spec:
        return text, ""
    return (text[: spec.start()] + text[spec.end() :]).strip(" \"'<>"), spec[0]


def _lower_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower().rstrip('.')}"[: limits.MESSAGE_ID_CHARS]
